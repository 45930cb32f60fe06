package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.Conversation;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.pgwire.Pending;
import io.trunkline.pgwire.state.Block;
import io.trunkline.pgwire.state.StateFollower;
import io.trunkline.proxy.relay.ReplayBuffer;

/**
 * A transaction that was lost with its member. It answers the client as PostgreSQL answers in a
 * failed transaction, until the client knows; from then on a member does, where a transaction has
 * failed for real.
 */
final class LostTransaction {
  private static final int HEADER = 1 + Integer.BYTES;

  /** As after a serialization failure: the transaction is to be tried again. */
  private static final String SQLSTATE = "40001";

  /** Why a session ends whose client goes on with the next transaction at once. */
  static final String CHAINED = "COMMIT or ROLLBACK AND CHAIN of a transaction that is lost";

  private final ByteBufAllocator allocator;
  private final ReplayBuffer said;
  private final Conversation conversation;
  private final StateFollower follower;
  private final Line line;

  /** Whether the client was in a transaction; else only what it asked for is lost. */
  private final boolean lost;

  private boolean told;
  private boolean discards;
  private boolean over;
  private int dropped;
  private Block then = Block.OPEN;

  /** The client. */
  interface Line {
    void toClient(ByteBuf bytes);

    /** It cannot go on. */
    void refuse(String why);
  }

  /**
   * @param said what the client has sent that no member has seen
   */
  LostTransaction(
      ByteBufAllocator allocator,
      ReplayBuffer said,
      Conversation conversation,
      StateFollower follower,
      Line line) {
    this.allocator = allocator;
    this.said = said;
    this.conversation = conversation;
    this.follower = follower;
    this.line = line;
    this.lost = follower.block().isLost();
    this.told = follower.block() == Block.FAILED;
  }

  /** Whether the client has ended it, so that nothing is left of it. */
  boolean over() {
    return over;
  }

  /** Whether what the client says next is the rest of a message. */
  boolean withinMessage() {
    return dropped > 0;
  }

  /**
   * Whether what the client says next is for a member.
   *
   * @see #answerSaid
   */
  boolean needsMember() {
    return over || (told && !discards);
  }

  /** An ERROR that says what has happened. */
  static ByteBuf error(ByteBufAllocator allocator) {
    return ErrorResponse.error(
        allocator,
        SQLSTATE,
        "trunkline: the transaction was lost with its member",
        "Everything that it has done is undone; nothing of it was committed.",
        "Try the transaction again.");
  }

  /** Answers what the lost member has not answered. */
  void answerPending() {
    Block block = follower.block();
    Pending pending = conversation.pending();
    while (pending.count() > 0) {
      boolean empty = pending.first() == Pending.Kind.SYNC && !told;
      boolean last = pending.onlySyncsFollow();
      if (last && block == Block.ROLLED_BACK && pending.first() == Pending.Kind.QUERY) {
        if (!pending.completed()) {
          tell(BackendMessages.commandComplete(allocator, "ROLLBACK"));
        }
      } else {
        fail(pending.first());
      }
      ready(block == Block.IDLE || (last && !lost) ? 'I' : empty ? 'T' : 'E');
    }
    if (!pending.batchOpen()) {
      return;
    }
    if (pending.batchWaits() || pending.failed()) {
      fail(Pending.Kind.BATCH);
      discards = true;
    } else {
      over = !lost; // else an error answers what comes next: libpq takes none before
    }
  }

  private void fail(Pending.Kind kind) {
    if (kind != Pending.Kind.SYNC && !conversation.pending().failed()) {
      tell(error(allocator));
    }
  }

  private void ready(char status) {
    over = status == 'I';
    told |= status == 'E';
    tell(BackendMessages.readyForQuery(allocator, status));
  }

  private void tell(ByteBuf message) {
    conversation.toClientAll(message);
    line.toClient(message);
  }

  /** Answers what the client has said, as far as that needs no member. */
  void answerSaid() {
    boolean more = true;
    while (more && !over && said.size() > 0) {
      if (dropped > 0) {
        more = drop();
      } else if (said.size() < HEADER) {
        more = false;
      } else if (said.messageLength(0) < HEADER) {
        line.refuse("the client has sent a message of a length that cannot be");
        more = false;
      } else if (discards) {
        more = drop(said.messageLength(0), Block.OPEN);
      } else {
        more = !told && answerNext();
      }
    }
  }

  /**
   * Answers the first query or batch after the loss.
   *
   * @return whether there may be more to answer
   */
  private boolean answerNext() {
    return switch (said.messageType(0)) {
      case 'X' -> false;
      case 'd', 'c', 'f' -> drop(said.messageLength(0), Block.OPEN); // of a COPY that has failed
      case 'Q', 'F', 'S' -> {
        boolean whole = said.size() >= said.messageLength(0);
        yield (whole || said.full()) && answer(whole ? said.messageLength(0) : 0);
      }
      default -> answer();
    };
  }

  /** The same, of a batch. It is looked at up to its Sync, or to where the client waits (Flush). */
  private boolean answer() {
    int at = 0;
    while (said.size() - at >= HEADER) {
      byte type = said.messageType(at);
      int length = said.messageLength(at);
      if (length < HEADER || length > said.size() - at) {
        break;
      }
      at += length;
      if (type == 'S' || type == 'H') {
        return answer(type == 'S' ? at : 0);
      }
    }
    return said.full() && answer(0);
  }

  /**
   * @param length of what is to be answered; 0: it is only known how it begins
   */
  private boolean answer(int length) {
    Block then = length > 0 ? after(length) : Block.OPEN;
    return switch (then) {
      case ROLLED_BACK -> {
        told = true; // PostgreSQL answers it
        yield false;
      }
      case CHAINED -> {
        line.refuse(CHAINED);
        yield false;
      }
      default -> drop(length > 0 ? length : said.messageLength(0), then);
    };
  }

  /** Where the transaction would be if that much of what was said were run. */
  private Block after(int length) {
    StateFollower ahead = follower.copy();
    int at = 0;
    while (at < length) {
      int body = said.messageLength(at) - HEADER;
      ahead.message(
          said.messageType(at), body, said.bytes(), said.bytes().readerIndex() + at + HEADER);
      at += HEADER + body;
    }
    return ahead.block();
  }

  /**
   * The first bytes of what was said are for nobody, and are answered once they are all there.
   *
   * @param end where the client's transaction is afterwards
   * @return whether they were all there
   */
  private boolean drop(int length, Block end) {
    dropped = length;
    then = end;
    return drop();
  }

  private boolean drop() {
    int now = Math.min(dropped, said.size());
    conversation.toMember(said.bytes().slice(said.bytes().readerIndex(), now));
    said.drop(now);
    dropped -= now;
    if (dropped > 0) {
      return false;
    }
    Pending pending = conversation.pending();
    if (pending.count() > 0) {
      discards = false;
      fail(pending.first());
      boolean empty = pending.first() == Pending.Kind.SYNC && !told;
      ready(empty ? 'T' : then == Block.COMMITTED || !lost ? 'I' : 'E');
    } else if (pending.batchOpen() && !discards) {
      fail(Pending.Kind.BATCH);
      told = true;
      discards = true;
    }
    return true;
  }
}
