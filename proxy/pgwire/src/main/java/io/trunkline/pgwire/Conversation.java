package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.trunkline.pgwire.state.TextMarks;
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

  /** Bytes in which the names of a portal and of a statement are looked for. */
  private static final int NAMES_OF_BIND = 128;

  private static final int LONGEST_KEY = Integer.BYTES + 256;

  private final Opening.StartupMessage startup;
  private final @Nullable TextMarks marks;
  private final MessageScanner frontend = new Frontend();
  private final MessageScanner backend = new Backend();
  private final Map<String, String> parameters = new LinkedHashMap<>();

  private boolean visible = true;
  private boolean terminated;
  private boolean fatal;
  private boolean readOnlyError;
  private Transaction transaction = Transaction.UNKNOWN;
  private int unanswered = 1; // the startup packet is, until the first ReadyForQuery
  private boolean batchOpen;
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
   * @param marks looks at the texts of statements; null: nobody does
   */
  public Conversation(Opening.StartupMessage startup, @Nullable TextMarks marks) {
    this.startup = startup;
    this.marks = marks;
  }

  /** What the texts of its statements give away, if they are looked at. */
  public Optional<TextMarks> marks() {
    return Optional.ofNullable(marks);
  }

  /** Bytes on their way to the member; after the startup packet. */
  public void toMember(ByteBuf bytes) {
    visible = visible && frontend.scan(bytes);
  }

  /** Bytes on their way to the client. */
  public void toClient(ByteBuf bytes) {
    visible = visible && backend.scan(bytes);
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
    return visible
        && transaction == Transaction.IDLE
        && unanswered == 0
        && !batchOpen
        && frontend.atBoundary()
        && backend.atBoundary();
  }

  /** Whether its messages can be followed. */
  public boolean visible() {
    return visible;
  }

  /** Whether the client has asked for something that is not answered. */
  public boolean busy() {
    return unanswered > 0 || batchOpen;
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
      if (marks == null) {
        return 0;
      }
      return switch (type) {
        case 'Q', 'P' -> body <= TextMarks.LONGEST_TEXT ? body : 0;
        case 'B' -> Math.min(body, NAMES_OF_BIND);
        default -> 0;
      };
    }

    @Override
    void message(byte type, int body, ByteBuf bytes, int index) {
      if (marks != null) {
        mark(marks, type, body, bytes, index);
      }
      switch (type) {
        case 'Q', 'F' -> unanswered++;
        case 'S' -> {
          unanswered++;
          batchOpen = false;
        }
        case 'B', 'C', 'D', 'E', 'H', 'P' -> batchOpen = true;
        case 'X' -> terminated = true;
        default -> {} // CopyData, CopyDone, CopyFail, and the answers to authentication requests
      }
    }

    /** The name of the statement that Parse begins with is looked at, too. */
    private static void mark(TextMarks marks, byte type, int body, ByteBuf bytes, int index) {
      if (type == 'Q') {
        marks.unnamedStatement(false); // PostgreSQL drops it
      } else if (type == 'P' && body > 0 && body <= TextMarks.LONGEST_TEXT) {
        if (bytes.getByte(index) == 0) {
          marks.unnamedStatement(true);
        }
      } else if (type == 'B') {
        int most = Math.min(body, NAMES_OF_BIND);
        int portal = bytes.indexOf(index, index + most, (byte) 0);
        if (portal >= 0 && portal + 1 < index + most && bytes.getByte(portal + 1) == 0) {
          marks.unnamedStatement(false); // it is run now
        }
      }
      if (type == 'Q' || type == 'P') {
        if (body > TextMarks.LONGEST_TEXT) {
          marks.tooLong();
        } else {
          marks.look(bytes, index, body);
        }
      } else if (type == 'F') {
        marks.functionCall();
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
      unanswered = Math.max(0, unanswered - 1);
    }

    private void parameter(ByteBuf bytes, int index, int length) {
      int end = index + length;
      int nameEnd = length > 0 ? bytes.indexOf(index, end, (byte) 0) : -1;
      if (nameEnd > 0) {
        String name = cstring(bytes, index, nameEnd - index);
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
