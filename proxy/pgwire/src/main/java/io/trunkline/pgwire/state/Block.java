package io.trunkline.pgwire.state;

/**
 * Where a session's transaction would be once PostgreSQL has run all that was sent to it. It tells
 * whether a lost connection has certainly undone the transaction.
 */
public enum Block {
  /** Outside of a transaction block; nothing has been run since the last answer. */
  IDLE,
  /** BEGIN was sent, and perhaps more in the same batch: if it fails, so does the rest. */
  BEGUN,
  /** The same, and the batch is closed: what comes now is run even if BEGIN fails. */
  BEGUN_BEFORE,
  /**
   * The same, and more has come. Alone BEGIN does not fail, and clients rely on that: pgjdbc and
   * Npgsql send their first statement right behind it.
   */
  BEGUN_AND_MORE,
  /** In a transaction block that nothing sent since can have ended. */
  OPEN,
  /** In a block that has failed. */
  FAILED,
  /** A block was left with ROLLBACK, and nothing was sent since. */
  ROLLED_BACK,
  /** COMMIT was sent, and nothing since. */
  COMMITTED,
  /** The next transaction was begun with the end of one (AND CHAIN). */
  CHAINED,
  /** Something may have been committed that was not answered yet. */
  UNKNOWN;

  /** Whether what was not answered has certainly been undone, or has never been done. */
  public boolean isUndone() {
    return this != UNKNOWN && this != CHAINED && this != COMMITTED;
  }

  /** Whether the client is in a transaction that is lost with the connection. */
  public boolean isLost() {
    return switch (this) {
      case BEGUN, BEGUN_BEFORE, BEGUN_AND_MORE, OPEN, FAILED -> true;
      case IDLE, ROLLED_BACK, COMMITTED, CHAINED, UNKNOWN -> false;
    };
  }

  Block run(Effect effect) {
    if (effect == Effect.EMPTY) {
      return this;
    }
    return switch (this) {
      case IDLE -> effect == Effect.BEGIN ? BEGUN : UNKNOWN;
      case BEGUN -> effect == Effect.NONE || effect == Effect.BEGIN ? BEGUN : ended(effect);
      case BEGUN_BEFORE, BEGUN_AND_MORE ->
          effect == Effect.NONE || effect == Effect.BEGIN ? BEGUN_AND_MORE : UNKNOWN;
      case OPEN -> effect == Effect.NONE || effect == Effect.BEGIN ? OPEN : ended(effect);
      case FAILED ->
          switch (effect) {
            case NONE, BEGIN -> OPEN; // ROLLBACK TO SAVEPOINT goes on with it
            case COMMIT -> ROLLED_BACK;
            default -> ended(effect);
          };
      case ROLLED_BACK, COMMITTED, CHAINED, UNKNOWN -> UNKNOWN;
    };
  }

  private static Block ended(Effect effect) {
    return switch (effect) {
      case ROLLBACK -> ROLLED_BACK;
      case COMMIT -> COMMITTED;
      case CHAIN -> CHAINED;
      default -> UNKNOWN;
    };
  }

  /** Whether BEGIN was sent, and nobody knows whether it was run. */
  private boolean isBegun() {
    return this == BEGUN || this == BEGUN_BEFORE || this == BEGUN_AND_MORE;
  }

  /** What was sent first has opened a transaction block. */
  Block opened() {
    return isBegun() ? OPEN : this;
  }

  /** Something has failed: if it was BEGIN, what was sent after it may be committed. */
  Block failed() {
    return this == BEGUN_AND_MORE ? UNKNOWN : this;
  }

  /** The batch ends (Sync), or the query does. */
  Block closed() {
    return this == BEGUN ? BEGUN_BEFORE : this;
  }

  /** All is answered; ReadyForQuery says so. */
  static Block answered(byte status) {
    return switch (status) {
      case 'I' -> IDLE;
      case 'T' -> OPEN;
      case 'E' -> FAILED;
      default -> UNKNOWN;
    };
  }
}
