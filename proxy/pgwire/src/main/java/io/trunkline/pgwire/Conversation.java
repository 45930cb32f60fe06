package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.state.StateFollower;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session has become, learnt from its messages as they pass by. Owned by one event loop. */
public final class Conversation {
  /** PostgreSQL's own settings are fewer; what comes after is an extension's or made up. */
  private static final int MOST_PARAMETERS = 128;

  private static final int LONGEST_PARAMETER = 512;

  /** Severity and SQLSTATE are the first fields of an error. */
  private static final int ERROR_BEGINNING = 128;

  private static final int LONGEST_KEY = Integer.BYTES + 256;

  private final Opening.StartupMessage startup;
  private final @Nullable StateFollower follower;
  private final Pending pending = new Pending();
  private final MessageScanner frontend = new Frontend();
  private final MessageScanner backend = new Backend();
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private boolean visible = true;
  private boolean terminated;
  private boolean fatal;
  private boolean readOnlyError;
  private Transaction transaction = Transaction.UNKNOWN;
  private Passage passage = Passage.FREE;
  private @Nullable CancelKey key;

  /** The transaction state that ReadyForQuery tells. */
  public enum Transaction {
    /** There has been no ReadyForQuery yet. */
    UNKNOWN,
    IDLE,
    IN_TRANSACTION,
    FAILED
  }

  public Conversation(Opening.StartupMessage startup) {
    this(startup, null);
  }

  /**
   * @param follower follows its state, too; null: nobody does
   */
  public Conversation(Opening.StartupMessage startup, @Nullable StateFollower follower) {
    this.startup = startup;
    this.follower = follower;
  }

  /** Whether the member's errors reach the client as they come. */
  public enum Passage {
    FREE,
    /** Not one that says that the server goes, while its state is followed. */
    NOT_GOING,
    /** Nor one that says that there is a failed transaction, or no such savepoint in it. */
    NOT_FAILED
  }

  /** What follows its state, if somebody does. */
  public Optional<StateFollower> follower() {
    return Optional.ofNullable(follower);
  }

  /** What is not answered. */
  public Pending pending() {
    return pending;
  }

  /** Whether a transaction that was lost is still to be ended by the client. */
  public boolean inLostTransaction() {
    return passage == Passage.NOT_FAILED;
  }

  /** Which errors are looked at from now on; only those of a session whose state is followed. */
  public void lookAhead(Passage wanted) {
    passage = follower == null ? Passage.FREE : wanted;
  }

  /** Bytes on their way to the member; after the startup packet. */
  public void toMember(ByteBuf bytes) {
    if (visible) {
      frontend.scan(bytes);
      visible = !frontend.broken();
    }
  }

  /**
   * Bytes on their way to the client.
   *
   * @return up to which index they may go on; there is an error that may not, or is not whole yet
   */
  public int toClient(ByteBuf bytes) {
    if (!visible) {
      return bytes.writerIndex();
    }
    int end = backend.scan(bytes);
    visible = !backend.broken();
    return end;
  }

  /** The same; whatever it says, the client gets it all. */
  public void toClientAll(ByteBuf bytes) {
    Passage before = passage;
    passage = Passage.FREE;
    toClient(bytes);
    passage = before;
  }

  /**
   * Takes back a BEGIN that was sent as a query, if it is all that is not answered: with its
   * connection it is as if it had never been sent.
   *
   * @return the message, owned by the caller, to be sent to another member
   */
  public Optional<ByteBuf> takeBackBegin(ByteBufAllocator allocator) {
    if (follower == null
        || pending.count() != 1
        || pending.batchOpen()
        || pending.completed()
        || pending.failed()) {
      return Optional.empty();
    }
    Optional<ByteBuf> begin = follower.takeBackBegin(allocator);
    begin.ifPresent(_ -> pending.takeBack());
    return begin;
  }

  /** What the session was opened with. */
  public Opening.StartupMessage startup() {
    return startup;
  }

  /** The newest ParameterStatus of each setting. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /** The name that the application gives itself now; empty when it has none. */
  public String applicationName() {
    return parameter("application_name").orElseGet(startup::applicationName);
  }

  /** The key that cancels what this session runs. */
  public Optional<CancelKey> key() {
    return Optional.ofNullable(key);
  }

  /** The newest that the member has told. */
  public Transaction transaction() {
    return transaction;
  }

  /** Whether nothing runs, nothing was asked, and both sides are between two messages. */
  public boolean idle() {
    return visible && transaction == Transaction.IDLE && !pending.any() && atBoundary();
  }

  /** Whether both sides are between two messages. */
  public boolean atBoundary() {
    return frontend.atBoundary() && backend.atBoundary();
  }

  /** Whether its messages can be followed. */
  public boolean visible() {
    return visible;
  }

  /** Whether the client has asked for something that is not answered. */
  public boolean busy() {
    return pending.any();
  }

  /** Whether a message can be put in for the client here. */
  public boolean canTellClient() {
    return visible && backend.atBoundary() && !fatal;
  }

  /** Whether the client has said that it leaves (Terminate). */
  public boolean terminated() {
    return terminated;
  }

  /** Whether the member has sent a FATAL error: it closes, and the client knows why. */
  public boolean fatal() {
    return fatal;
  }

  /** Whether the member has refused a write (25006) since this was asked last. */
  public boolean takeReadOnlyError() {
    boolean seen = readOnlyError;
    readOnlyError = false;
    return seen;
  }

  /** Whether the member has said that it is a standby; empty before PostgreSQL 14. */
  public Optional<Boolean> inHotStandby() {
    return parameter("in_hot_standby").map("on"::equals);
  }

  /** The client's messages (PostgreSQL docs: "Message Formats", those marked F). */
  private final class Frontend extends MessageScanner {
    /** CopyData is what comes in numbers here. */
    @Override
    boolean heeds(byte type) {
      return type != 'd';
    }

    @Override
    int wanted(byte type, int body) {
      return follower == null ? 0 : follower.wanted(type, body);
    }

    @Override
    void message(byte type, int body, ByteBuf bytes, int index) {
      if (follower != null) {
        follower.message(type, body, bytes, index);
      }
      switch (type) {
        case 'Q', 'F' -> pending.query();
        case 'S' -> {
          pending.sync();
          if (follower != null) {
            follower.closed();
          }
        }
        case 'B', 'C', 'D', 'E', 'P' -> pending.batch();
        case 'H' -> pending.flush();
        case 'c', 'f' -> pending.copyEnds();
        case 'X' -> terminated = true;
        default -> {} // CopyData, and the answers to authentication requests
      }
    }
  }

  /** The member's messages (those marked B). */
  private final class Backend extends MessageScanner {
    /** DataRow and CopyData are what comes in numbers here. */
    @Override
    boolean heeds(byte type) {
      return type != 'D' && type != 'd';
    }

    @Override
    boolean looksAhead(byte type) {
      return passage != Passage.FREE && (type == 'E' || type == 'N');
    }

    @Override
    boolean passes(byte type, ByteBuf bytes, int index, int body) {
      ServerError error = ServerError.parse(bytes.slice(index, body));
      return !error.isGoing() && !(passage == Passage.NOT_FAILED && error.isOfFailedTransaction());
    }

    @Override
    int wanted(byte type, int body) {
      return switch (type) {
        case 'Z' -> Math.min(body, 1);
        case 'S' -> body <= LONGEST_PARAMETER ? body : 0;
        case 'K' -> body <= LONGEST_KEY ? body : 0;
        case 'E' -> Math.min(body, ERROR_BEGINNING);
        default -> 0;
      };
    }

    @Override
    void message(byte type, int body, ByteBuf bytes, int index) {
      switch (type) {
        case 'Z' -> ready(body > 0 ? bytes.getByte(index) : 0);
        case 'S' -> parameter(bytes, index, wanted(type, body));
        case 'K' -> key = CancelKey.read(bytes, index, wanted(type, body));
        case 'E' -> error(bytes, index, wanted(type, body));
        case 'C' -> {
          pending.complete();
          pending.answered();
        }
        case 'G' -> pending.copyIn();
        case '2', 'I', 'T', 'n', 's' -> pending.answered();
        case '1', '3' -> {
          pending.answered();
          if (follower != null) {
            follower.confirmed();
          }
        }
        default -> {}
      }
    }

    private void ready(byte status) {
      transaction =
          switch (status) {
            case 'I' -> Transaction.IDLE;
            case 'T' -> Transaction.IN_TRANSACTION;
            case 'E' -> Transaction.FAILED;
            default -> Transaction.UNKNOWN;
          };
      pending.ready();
      if (passage == Passage.NOT_FAILED && status == 'I') {
        passage = Passage.NOT_GOING;
      }
      if (follower != null) {
        follower.ready(status, pending.count());
        if (!pending.any()) {
          follower.answered(status);
        }
      }
    }

    private void parameter(ByteBuf bytes, int index, int length) {
      int end = index + length;
      int nameEnd = length > 0 ? bytes.indexOf(index, end, (byte) 0) : -1;
      if (nameEnd > 0) {
        String name = cstring(bytes, index, nameEnd - index);
        if (follower != null && name.equals("client_encoding")) {
          follower.clientEncoding(cstring(bytes, nameEnd + 1, end - nameEnd - 1));
        }
        if (parameters.containsKey(name) || parameters.size() < MOST_PARAMETERS) {
          parameters.put(
              name,
              name.equals("application_name")
                  ? name(bytes, nameEnd + 1, end - nameEnd - 1)
                  : cstring(bytes, nameEnd + 1, end - nameEnd - 1));
        }
      }
    }

    private void error(ByteBuf bytes, int index, int length) {
      pending.error();
      if (follower != null) {
        follower.failed(pending.count());
      }
      ByteBuf fields = bytes.slice(index, length);
      readOnlyError |= ErrorResponse.field(fields, 'C').filter("25006"::equals).isPresent();
      fatal |=
          ErrorResponse.field(fields, 'V')
              .filter(severity -> severity.equals("FATAL") || severity.equals("PANIC"))
              .isPresent();
    }
  }

  /** Up to a zero byte, or all of it where there is none. */
  private static String cstring(ByteBuf bytes, int index, int length) {
    return bytes.toString(index, length(bytes, index, length), StandardCharsets.UTF_8);
  }

  /** The same, no longer than a name. */
  private static String name(ByteBuf bytes, int index, int length) {
    return Names.read(bytes, index, length(bytes, index, length));
  }

  private static int length(ByteBuf bytes, int index, int most) {
    int end = most <= 0 ? -1 : bytes.indexOf(index, index + most, (byte) 0);
    return end < 0 ? Math.max(0, most) : end - index;
  }
}
