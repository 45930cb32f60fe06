package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/**
 * The named statements that a client has prepared and dropped since its member was asked last. One
 * counts once PostgreSQL has confirmed it (PostgreSQL docs: "Extended Query"; ParseComplete and
 * CloseComplete). Names are hexadecimal digits, as in {@link SavedState}.
 */
final class NamedStatements {
  /** Statements, and bytes of their texts. What is beyond has to be asked for. */
  private static final int MOST = 128;

  private static final int MOST_BYTES = 64 * 1024;

  /** Messages that are not answered. */
  private static final int MOST_SENT = 1024;

  /** Bytes of memory for each byte of Parse: as it is, and as two digits. */
  private static final int COPIES = 3;

  /** Bytes of a place in the rings. */
  private static final int PLACE = 12;

  private static final HexFormat HEX = HexFormat.of();

  private static final Sent NO_NAME = new Sent(Kind.NO_NAME, "", new byte[0]);
  private static final Sent NOT_KNOWN = new Sent(Kind.NOT_KNOWN, "", new byte[0]);
  private static final Sent[] NO_MESSAGES = {};
  private static final long[] NO_UNITS = {};

  // What is not answered, in rings: nothing is allocated for a statement without a name.
  private Sent[] sent = NO_MESSAGES;
  private long[] units = NO_UNITS;
  private int first;
  private int count;

  private final StateMemory memory;
  private Map<String, Sent> prepared = Map.of();
  private Set<String> dropped = Set.of();
  private int bytes;
  private long taken;
  private boolean overflown;

  NamedStatements(StateMemory memory) {
    this.memory = memory;
  }

  private enum Kind {
    /** Parse or Close of a statement without a name, or Close of a portal. */
    NO_NAME,
    PREPARED,
    DROPPED,
    /** The same, by a statement: no message but ReadyForQuery confirms it. */
    DEALLOCATED,
    NOT_KNOWN
  }

  /** A message that is to be confirmed. */
  private static final class Sent {
    final Kind kind;
    final String name;

    /** The body of Parse. */
    final byte[] parse;

    Sent(Kind kind, String name, byte[] parse) {
      this.kind = kind;
      this.name = name;
      this.parse = parse;
    }

    boolean isKept() {
      return kind != Kind.NO_NAME && kind != Kind.NOT_KNOWN;
    }

    /** Bytes. */
    int memory() {
      return StateMemory.OBJECT + 2 * name.length() + COPIES * parse.length;
    }
  }

  /** Whether anything is known to have changed. */
  boolean changed() {
    return !prepared.isEmpty() || !dropped.isEmpty();
  }

  /** Whether there has been more than is kept. */
  boolean overflown() {
    return overflown;
  }

  /** All that has changed so far is known otherwise. */
  void clear() {
    prepared = Map.of();
    dropped = Set.of();
    bytes = 0;
    overflown = false;
    sent = NO_MESSAGES;
    units = NO_UNITS;
    first = 0;
    count = 0;
    memory.free(taken);
    taken = 0;
  }

  /** From now on nothing is remembered. */
  void end() {
    clear();
    overflown = true;
  }

  // What the client sends. Messages up to a Sync, and each Query, are a unit.

  /** Parse or Close without the name of a statement. */
  void unnamed(long unit) {
    add(NO_NAME, unit);
  }

  /**
   * Parse with a name.
   *
   * @param nameEnd where the name ends
   * @param textEnd where the text does
   * @param utf8 whether the client writes in UTF-8
   */
  void parse(ByteBuf body, int index, int nameEnd, int textEnd, int end, boolean utf8, long unit) {
    int counted = textEnd + 1;
    boolean whole =
        end - counted >= Short.BYTES
            && end - counted == Short.BYTES + body.getUnsignedShort(counted) * Integer.BYTES;
    boolean readable = utf8 || isAscii(body, index, textEnd);
    if (!whole || !readable || bytes + end - index > MOST_BYTES) {
      add(NOT_KNOWN, unit);
      return;
    }
    byte[] parse = ByteBufUtil.getBytes(body, index, end - index);
    addKept(new Sent(Kind.PREPARED, hex(body, index, nameEnd), parse), unit);
  }

  /** Close of a statement with a name. */
  void close(ByteBuf body, int from, int to, boolean utf8, long unit) {
    drop(Kind.DROPPED, body, from, to, utf8, unit);
  }

  /** DEALLOCATE of one statement, alone in a Query. */
  void deallocate(ByteBuf text, int from, int to, boolean utf8, long unit) {
    drop(Kind.DEALLOCATED, text, from, to, utf8, unit);
  }

  private void drop(Kind kind, ByteBuf body, int from, int to, boolean utf8, long unit) {
    boolean readable = utf8 || isAscii(body, from, to);
    if (readable) {
      addKept(new Sent(kind, hex(body, from, to), new byte[0]), unit);
    } else {
      add(NOT_KNOWN, unit);
    }
  }

  private void addKept(Sent message, long unit) {
    if (!overflown && take(message.memory())) {
      bytes += message.parse.length;
      add(message, unit);
    }
  }

  private void add(Sent message, long unit) {
    if (count >= MOST_SENT) {
      end();
    }
    if (overflown || (count == sent.length && !grow())) {
      return;
    }
    int at = (first + count) & (sent.length - 1);
    sent[at] = message;
    units[at] = unit;
    count++;
  }

  /** Without memory it has to be asked for. */
  private boolean take(int needed) {
    if (memory.take(needed)) {
      taken += needed;
      return true;
    }
    end();
    return false;
  }

  /** It is not kept any more. */
  private void free(Sent message) {
    bytes -= message.parse.length;
    taken -= message.memory();
    memory.free(message.memory());
  }

  /** The lengths are powers of two. */
  private boolean grow() {
    int length = sent.length;
    int places = Math.max(4, 2 * length);
    if (!take((places - length) * PLACE)) {
      return false;
    }
    Sent[] more = Arrays.copyOf(sent, places);
    long[] moreUnits = Arrays.copyOf(units, more.length);
    System.arraycopy(sent, 0, more, length, first);
    System.arraycopy(units, 0, moreUnits, length, first);
    sent = more;
    units = moreUnits;
    return true;
  }

  private Sent remove() {
    Sent removed = sent[first];
    sent[first] = NO_NAME; // its text can be freed
    first = (first + 1) & (sent.length - 1);
    count--;
    return removed;
  }

  // What PostgreSQL answers.

  /** ParseComplete or CloseComplete. */
  void confirmed() {
    if (count > 0) {
      apply(remove());
    } else {
      end();
    }
  }

  /** An error is the answer to that unit: what of it was not confirmed is not so. */
  void failed(long unit) {
    while (count > 0 && units[first] <= unit) {
      Sent removed = remove();
      if (removed.isKept()) {
        free(removed);
      }
    }
  }

  /** ReadyForQuery is the answer to that unit. */
  void ready(long unit) {
    while (count > 0 && units[first] <= unit) {
      apply(remove());
    }
  }

  private void apply(Sent message) {
    if (overflown) {
      return;
    }
    switch (message.kind) {
      case NO_NAME -> {}
      case PREPARED -> {
        if (prepared.isEmpty()) {
          prepared = new LinkedHashMap<>(4);
        }
        Sent before = prepared.put(message.name, message);
        if (before != null) {
          free(before);
        }
        endIf(prepared.size() > MOST);
      }
      case DROPPED, DEALLOCATED -> {
        Sent known = prepared.isEmpty() ? null : prepared.remove(message.name);
        if (known != null) {
          free(known);
          free(message);
          return;
        }
        if (dropped.isEmpty()) {
          dropped = new HashSet<>(4);
        }
        if (!dropped.add(message.name)) {
          free(message);
        }
        endIf(dropped.size() > MOST);
      }
      case NOT_KNOWN -> end();
    }
  }

  private void endIf(boolean tooMany) {
    if (tooMany) {
      end();
    }
  }

  /** What the session is that was that before. */
  SavedState applied(SavedState before) {
    if (!changed()) {
      return before;
    }
    List<SavedState.Statement> statements = new ArrayList<>(before.statements());
    statements.removeIf(statement -> dropped.contains(statement.name()));
    prepared.forEach((name, message) -> statements.add(statement(name, message.parse)));
    return new SavedState(
        before.settings(), before.role(), before.authorization(), statements, before.channels());
  }

  private static SavedState.Statement statement(String name, byte[] parse) {
    ByteBuf body = Unpooled.wrappedBuffer(parse);
    body.skipBytes(name.length() / 2 + 1);
    int length = body.bytesBefore((byte) 0);
    String text = hex(body, body.readerIndex(), body.readerIndex() + length);
    body.skipBytes(length + 1);
    StringJoiner types = new StringJoiner(",", "{", "}");
    for (int left = body.readUnsignedShort(); left > 0; left--) {
      types.add(Integer.toUnsignedString(body.readInt()));
    }
    return new SavedState.Statement(name, text, types.toString());
  }

  private static boolean isAscii(ByteBuf bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      if (bytes.getByte(at) < 0) {
        return false;
      }
    }
    return true;
  }

  private static String hex(ByteBuf bytes, int from, int to) {
    return HEX.formatHex(ByteBufUtil.getBytes(bytes, from, to - from));
  }
}
