package io.trunkline.pgwire.scram;

/**
 * A SCRAM exchange that cannot go on, in PostgreSQL's words. Its message is for the client; of what
 * the other side has sent it holds no more than one character.
 */
public final class ScramError extends Exception {
  private static final long serialVersionUID = 1;

  private final Kind kind;

  /** What it means. */
  public enum Kind {
    /** The messages are not SCRAM's (SQLSTATE 08P01). */
    MALFORMED,
    /** The client asks for what PostgreSQL does not do (0A000). */
    UNSUPPORTED,
    /** What it is bound to is not this connection (28000). */
    CHANNEL_BINDING
  }

  ScramError(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A message that is not SCRAM's. */
  public static ScramError malformed(String detail) {
    return new ScramError(Kind.MALFORMED, "malformed SCRAM message: " + detail);
  }

  public Kind kind() {
    return kind;
  }
}
