package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.collection.LongCollections;
import io.netty.util.collection.LongObjectHashMap;
import io.netty.util.collection.LongObjectMap;
import io.trunkline.pgwire.FrontendMessages;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Follows what a client's statements do to its transaction and to what its session is, so that the
 * session can go on at another member. Nothing is kept of a text but what it does; nothing at all
 * of named statements that do nothing.
 */
public final class StateFollower {
  /** Bytes of Bind in which the names of the portal and the statement are looked for. */
  private static final int NAMES = 128;

  /** Bytes of Execute and Close. */
  private static final int NAME = 64;

  /** Bytes of a BEGIN with its options. */
  private static final int LONGEST_BEGIN = 80;

  /** Bytes of a name in a statement: of a longer one PostgreSQL takes only the first. */
  private static final int LONGEST_NAME = 63;

  /** Names of statements and portals that do something; after more, every one may do anything. */
  private static final int MOST_NAMES = 1024;

  /** Bytes of memory for each of them. */
  private static final int NAME_MEMORY = 48;

  private final StateMemory memory;
  private final TextMarks marks = new TextMarks();
  private final NamedStatements named;
  private LongObjectMap<Known> statements = LongCollections.emptyMap();
  private LongObjectMap<Known> portals = LongCollections.emptyMap();
  private boolean tooManyNames;
  private Known unnamed = Known.NOTHING;
  private boolean unnamedWaits;
  private Known unnamedPortal = Known.NOTHING;

  private long closed;
  private long unnamedIn = -1;
  private long unnamedPortalIn = -1;
  private boolean passedOver;

  private Block block = Block.UNKNOWN;
  private Change change = Change.NONE;
  private boolean utf8;
  private byte[] begin = {};
  private int beginLength;
  private long begunIn = -1;

  /** What a statement does when it is run. */
  private record Known(Effect effect, Change change) {
    private static final Map<Effect, Map<Change, Known>> ALL = new EnumMap<>(Effect.class);

    static {
      for (Effect effect : Effect.values()) {
        Map<Change, Known> changes = new EnumMap<>(Change.class);
        for (Change change : Change.values()) {
          changes.put(change, new Known(effect, change));
        }
        ALL.put(effect, changes);
      }
    }

    static final Known NOTHING = of(Effect.NONE, Change.NONE);
    static final Known ANYTHING = of(Effect.UNKNOWN, Change.LASTING);

    /** Nothing is allocated. */
    static Known of(Effect effect, Change change) {
      return Objects.requireNonNull(Objects.requireNonNull(ALL.get(effect)).get(change));
    }

    Known or(Known other) {
      return of(effect == other.effect ? effect : Effect.UNKNOWN, change.or(other.change));
    }
  }

  /**
   * One that nothing is known of yet.
   *
   * @param memory what it takes, until its {@link #end}
   */
  public StateFollower(StateMemory memory) {
    this.memory = memory;
    this.named = new NamedStatements(memory);
  }

  private StateFollower(StateFollower other) {
    this(StateMemory.UNLIMITED);
    statements = copy(other.statements);
    portals = copy(other.portals);
    tooManyNames = other.tooManyNames;
    unnamed = other.unnamed;
    unnamedPortal = other.unnamedPortal;
    block = other.block;
    passedOver = other.passedOver;
  }

  private static LongObjectMap<Known> copy(LongObjectMap<Known> names) {
    LongObjectMap<Known> copy = LongCollections.emptyMap();
    if (!names.isEmpty()) {
      copy = new LongObjectHashMap<>(names.size());
      copy.putAll(names);
    }
    return copy;
  }

  /** Another one, which tells what a message would do without its being sent. */
  public StateFollower copy() {
    return new StateFollower(this);
  }

  // What is known.

  /** What its texts give away of what cannot be asked for. */
  public TextMarks marks() {
    return marks;
  }

  /** Where the transaction is once all is run. */
  public Block block() {
    return block;
  }

  /** Whether a statement without a name is there that may still be run. */
  public boolean unnamedWaits() {
    return unnamedWaits;
  }

  /** What may have changed since {@link #asked}, and is not known. */
  public Change change() {
    return named.overflown() ? Change.LASTING : change;
  }

  /** Whether the member is to be asked again: to know what has changed, or to remember less. */
  public boolean worthAsking() {
    return change() == Change.LASTING || named.changed();
  }

  /** What the session is; it was that when the member was {@link #asked} last. */
  public SavedState applied(SavedState before) {
    return named.applied(before);
  }

  /** The session will not be kept: what it has prepared is not remembered. */
  public void notKept() {
    named.end();
  }

  /** The session is over: nothing is remembered. */
  public void end() {
    named.end();
    memory.free((long) (statements.size() + portals.size()) * NAME_MEMORY);
    statements = LongCollections.emptyMap();
    portals = LongCollections.emptyMap();
    tooManyNames = true;
  }

  /** The member is being asked what the session is. */
  public void asked() {
    change = Change.NONE;
    named.clear();
  }

  /** What was asked has not been answered. */
  public void notAnswered() {
    change = Change.LASTING;
  }

  /** The transaction is lost, and with it what was changed in it. */
  public void lost() {
    if (change == Change.TRANSACTIONAL) {
      change = Change.NONE;
    }
  }

  /**
   * The client writes in another encoding now.
   *
   * @param encoding its name in PostgreSQL's words
   */
  public void clientEncoding(String encoding) {
    utf8 = encoding.equals("UTF8");
  }

  // What the client sends. The index is that of a body, of which that much can be read.

  /** How many bytes of the body are wanted. */
  public int wanted(byte type, int body) {
    return switch (type) {
      case 'Q', 'P' -> body <= TextMarks.LONGEST_TEXT ? body : 0;
      case 'B' -> Math.min(body, NAMES);
      case 'E', 'C' -> Math.min(body, NAME);
      default -> 0;
    };
  }

  /** A message of the client's. */
  public void message(byte type, int body, ByteBuf bytes, int index) {
    if (passedOver && (type == 'P' || type == 'B' || type == 'E' || type == 'C')) {
      return;
    }
    int end = index + wanted(type, body);
    switch (type) {
      case 'Q' -> query(body, bytes, index, end);
      case 'P' -> parse(body, bytes, index, end);
      case 'B' -> bind(bytes, index, end);
      case 'E' -> execute(bytes, index, end);
      case 'C' -> close(bytes, index, end);
      case 'F' -> {
        marks.functionCall();
        run(Known.ANYTHING);
        closed();
      }
      default -> {}
    }
  }

  private void query(int body, ByteBuf bytes, int index, int end) {
    unnamed = Known.NOTHING; // PostgreSQL drops it
    unnamedWaits = false;
    if (end - index < body) {
      marks.tooLong();
      run(Known.ANYTHING);
    } else {
      int length = Math.max(0, body - 1);
      byte[] text = SqlText.of(bytes, index, length);
      Change does = marks.look(text, length);
      boolean known = does == Change.LASTING && deallocates(text, length, bytes, index);
      Effect effect = Effect.of(text, length, true);
      if (effect == Effect.BEGIN && block == Block.IDLE && body <= LONGEST_BEGIN) {
        begin = begin.length == 0 ? new byte[LONGEST_BEGIN] : begin;
        bytes.getBytes(index, begin, 0, body);
        beginLength = body;
        begunIn = closed;
      }
      run(effect, known ? Change.NONE : does);
    }
    closed();
  }

  /** The BEGIN that was sent as a query, if nothing was sent since; it is as if it had not been. */
  public Optional<ByteBuf> takeBackBegin(ByteBufAllocator allocator) {
    if (block != Block.BEGUN_BEFORE || begunIn != closed - 1) {
      return Optional.empty();
    }
    block = Block.IDLE;
    closed--;
    return Optional.of(FrontendMessages.query(allocator, begin, beginLength));
  }

  /** Whether it is DEALLOCATE of one statement, which is taken note of. */
  private boolean deallocates(byte[] text, int length, ByteBuf bytes, int index) {
    if (!SqlText.is(text, 0, length, "deallocate")) {
      return false;
    }
    int at = SqlText.spaces(text, "deallocate".length(), length);
    if (SqlText.is(text, at, length, "prepare")) {
      at = SqlText.spaces(text, at + "prepare".length(), length);
    }
    int nameEnd = SqlText.wordEnd(text, at, length);
    int rest = SqlText.spaces(text, nameEnd, length);
    boolean alone = rest == length || (text[rest] == ';' && rest + 1 == length);
    if (!alone || !isPlain(text, at, nameEnd) || SqlText.is(text, at, length, "all")) {
      return false;
    }
    named.deallocate(bytes, index + at, index + nameEnd, utf8, closed);
    return true;
  }

  /** Whether it is a name that means the same whether it is folded to lower case or not. */
  private static boolean isPlain(byte[] text, int from, int to) {
    for (int at = from; at < to; at++) {
      byte b = text[at];
      boolean letter = (b >= 'a' && b <= 'z') || b == '_';
      if (!letter && (at == from || b < '0' || b > '9')) {
        return false;
      }
    }
    return to > from && to - from <= LONGEST_NAME;
  }

  /** A batch of extended messages ends (Sync). */
  public void closed() {
    closed++;
    passedOver = false;
    block = block.closed();
  }

  private void parse(int body, ByteBuf bytes, int index, int end) {
    int nameEnd = zero(bytes, index, end);
    int textEnd = zero(bytes, nameEnd + 1, end);
    boolean whole = end - index == body && textEnd < end;
    if (!whole) {
      marks.tooLong();
    }
    Known known = whole ? prepared(bytes, nameEnd + 1, textEnd - nameEnd - 1) : Known.ANYTHING;
    if (nameEnd == index) {
      unnamed = known;
      unnamedIn = closed;
      unnamedWaits = true;
      named.unnamed(closed);
    } else {
      statements = put(statements, bytes, index, nameEnd, known);
      named.parse(bytes, index, nameEnd, textEnd, end, utf8, closed);
    }
  }

  private Known prepared(ByteBuf bytes, int index, int length) {
    byte[] text = SqlText.of(bytes, index, length);
    return Known.of(Effect.of(text, length, false), marks.look(text, length));
  }

  private void bind(ByteBuf bytes, int index, int end) {
    int portalEnd = zero(bytes, index, end);
    int nameEnd = zero(bytes, portalEnd + 1, end);
    Known known;
    if (nameEnd >= end) {
      known = Known.ANYTHING;
    } else if (nameEnd == portalEnd + 1) {
      known = unnamed;
      unnamedWaits = false;
    } else {
      known = get(statements, bytes, portalEnd + 1, nameEnd);
    }
    if (portalEnd == index) {
      unnamedPortal = known;
      unnamedPortalIn = closed;
    } else {
      portals = put(portals, bytes, index, portalEnd, known);
    }
  }

  private void execute(ByteBuf bytes, int index, int end) {
    int nameEnd = zero(bytes, index, end);
    if (nameEnd >= end) {
      run(Known.ANYTHING);
    } else {
      run(nameEnd == index ? unnamedPortal : get(portals, bytes, index, nameEnd));
    }
  }

  private void close(ByteBuf bytes, int index, int end) {
    int nameEnd = zero(bytes, index + 1, end);
    if (index < end && bytes.getByte(index) == 'S' && nameEnd != index + 1) {
      named.close(bytes, index + 1, nameEnd, nameEnd < end && utf8, closed);
    } else {
      named.unnamed(closed);
    }
  }

  private void run(Known known) {
    run(known.effect, known.change);
  }

  private void run(Effect effect, Change does) {
    block = block.run(effect);
    change = change.or(does);
    if (change == Change.TRANSACTIONAL && !block.isUndone()) {
      change = Change.LASTING; // its transaction may be over before all that was sent is answered
    }
  }

  private Known get(LongObjectMap<Known> names, ByteBuf bytes, int from, int to) {
    if (tooManyNames) {
      return Known.ANYTHING;
    }
    if (names.isEmpty()) {
      return Known.NOTHING;
    }
    Known known = names.get(hash(bytes, from, to));
    return known == null ? Known.NOTHING : known;
  }

  /**
   * Whether the one that had the name before is still there cannot be known.
   *
   * @return the names with that one
   */
  private LongObjectMap<Known> put(
      LongObjectMap<Known> names, ByteBuf bytes, int from, int to, Known known) {
    if (tooManyNames || (names.isEmpty() && known.equals(Known.NOTHING))) {
      return names;
    }
    LongObjectMap<Known> with = names.isEmpty() ? new LongObjectHashMap<>(4) : names;
    long name = hash(bytes, from, to);
    Known before = with.get(name);
    if (before != null) {
      with.put(name, before.or(known));
    } else if (!known.equals(Known.NOTHING)) {
      tooManyNames = with.size() >= MOST_NAMES;
      if (!tooManyNames) {
        memory.takeAnyway(NAME_MEMORY);
        with.put(name, known);
      }
    }
    return with;
  }

  /** FNV-1a. Two names with the same hash count as one, which does what both do. */
  private static long hash(ByteBuf bytes, int from, int to) {
    long hash = 0xcbf29ce484222325L;
    for (int at = from; at < to; at++) {
      hash = (hash ^ (bytes.getByte(at) & 0xFF)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Where the next zero byte is; the end if there is none. */
  private static int zero(ByteBuf bytes, int from, int end) {
    int at = from >= end ? -1 : bytes.indexOf(from, end, (byte) 0);
    return at < 0 ? end : at;
  }

  /**
   * An error: PostgreSQL passes over the rest of the batch, and what was said there is not so. A
   * name that is known does what it did before or does now; without a name it may be anything.
   *
   * @param unanswered how many queries and batches are, without the one that is open; the error is
   *     the answer to the first
   */
  public void failed(int unanswered) {
    long unit = closed - unanswered;
    if (unnamedIn == unit) {
      unnamed = Known.ANYTHING;
    }
    if (unnamedPortalIn == unit) {
      unnamedPortal = Known.ANYTHING;
    }
    passedOver = unanswered == 0;
    named.failed(unit);
    block = block.failed();
  }

  /** ParseComplete or CloseComplete. */
  public void confirmed() {
    named.confirmed();
  }

  /**
   * ReadyForQuery.
   *
   * @param unanswered how many queries and batches are not answered yet, without the one that is
   *     open
   */
  public void ready(byte status, int unanswered) {
    named.ready(closed - unanswered - 1);
    if (status == 'T') {
      block = block.opened();
    }
  }

  /**
   * All is answered.
   *
   * @param status what ReadyForQuery tells
   */
  public void answered(byte status) {
    block = Block.answered(status);
    if (status == 'I') {
      if (!portals.isEmpty()) {
        memory.free((long) portals.size() * NAME_MEMORY);
        portals = LongCollections.emptyMap();
      }
      if (change == Change.TRANSACTIONAL) {
        change = Change.LASTING;
      }
    }
  }
}
