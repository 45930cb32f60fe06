package io.trunkline.pgwire;

/**
 * What a client has sent and PostgreSQL has not answered yet, in order: each Query, and each batch
 * of extended messages up to its Sync, is answered by one ReadyForQuery (PostgreSQL docs: "Message
 * Flow").
 */
public final class Pending {
  /** Of more than these it is not known any more what they are. */
  private static final int MOST = 64;

  private int count;
  private long batches;
  private long empty;
  private boolean batchOpen;
  private int unanswered;
  private boolean copiesIn;
  private boolean copyEnded;
  private boolean completed;
  private boolean failed;

  /** One of them. */
  public enum Kind {
    /** A Query, or a function call. */
    QUERY,
    /** Extended messages, closed by Sync. */
    BATCH,
    /** Nothing but a Sync; also the startup packet, which is answered without one. */
    SYNC
  }

  Pending() {
    add(Kind.SYNC);
  }

  private void add(Kind kind) {
    if (count < MOST) {
      long bit = 1L << count;
      batches |= kind == Kind.BATCH ? bit : 0;
      empty |= kind == Kind.SYNC ? bit : 0;
    }
    count++;
  }

  private void remove() {
    if (count > 0) {
      count--;
      batches >>>= 1;
      empty >>>= 1;
    }
  }

  /** How many there are, without the batch that is open. */
  public int count() {
    return count;
  }

  /** Whether a batch of extended messages has begun that is not closed by Sync yet. */
  public boolean batchOpen() {
    return batchOpen;
  }

  /** Whether a message of the open batch is not answered: else PostgreSQL would say nothing now. */
  public boolean batchWaits() {
    return unanswered > 0;
  }

  /** Whether there is anything. */
  public boolean any() {
    return count > 0 || batchOpen;
  }

  /** Whether there are more than can be told apart. */
  public boolean tooMany() {
    return count > MOST;
  }

  /** What the first is; only where {@link #count} is not 0. */
  public Kind first() {
    if ((empty & 1) != 0) {
      return Kind.SYNC;
    }
    return (batches & 1) != 0 ? Kind.BATCH : Kind.QUERY;
  }

  /** Whether nothing comes after the first but Syncs. */
  public boolean onlySyncsFollow() {
    long others = count > 1 ? -1L >>> (Long.SIZE + 1 - count) : 0;
    return !batchOpen && !tooMany() && (empty >>> 1 & others) == others;
  }

  /** Whether a command of what is being answered is complete. */
  public boolean completed() {
    return completed;
  }

  /** Whether an error has answered what is being answered now. */
  public boolean failed() {
    return failed;
  }

  /** A Query, or a function call. */
  void query() {
    add(Kind.QUERY);
  }

  /** What was sent last was not sent, after all. */
  void takeBack() {
    count--;
  }

  /** An extended message that is answered by one of its own. */
  void batch() {
    batchOpen = true;
    unanswered++;
  }

  /** Flush. */
  void flush() {
    batchOpen = true;
  }

  /** The answer to one extended message, or to a part of a query. */
  void answered() {
    if (count == 0 && unanswered > 0) {
      unanswered--;
    }
  }

  /** Sync. While data are copied in PostgreSQL passes over it. */
  void sync() {
    if (!copiesIn) {
      add(batchOpen ? Kind.BATCH : Kind.SYNC);
      batchOpen = false;
      unanswered = 0;
    }
  }

  /** CopyDone or CopyFail. */
  void copyEnds() {
    copyEnded = !copiesIn;
    copiesIn = false;
  }

  /** CopyInResponse: what the client sends up to CopyDone or CopyFail is data. */
  void copyIn() {
    if (count > 0 && first() == Kind.BATCH) {
      remove(); // its Sync has come before the data, so it is passed over: the next one closes it
      if (count > 0) {
        batches |= 1;
        empty &= ~1L;
      } else {
        batchOpen = true;
      }
    }
    copiesIn = !copyEnded;
  }

  /** ErrorResponse: nothing is copied any more. */
  void error() {
    copiesIn = false;
    failed = true;
  }

  /** CommandComplete. */
  void complete() {
    completed = true;
  }

  /** ReadyForQuery. */
  void ready() {
    remove();
    completed = false;
    failed = false;
    copiesIn = false;
    copyEnded = false;
  }
}
