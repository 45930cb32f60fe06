package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.SavedState;
import io.trunkline.pgwire.state.StateMemory;
import io.trunkline.pgwire.state.StateQuery;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A question on a session's own connection, while it is idle: what has it become? It takes the
 * answer out of what the member says; the client gets the rest, and may have sent more meanwhile.
 */
final class StateInquiry {
  private static final int LONGEST = 1 << 20;

  private final Taker taker;
  private final BackendMessages messages;
  private final StateQuery query;
  private boolean over;
  private @Nullable Pinned pinned = Pinned.NO_ANSWER;
  private boolean failed;

  /** What it tells its session. */
  interface Taker {
    /** A whole message for the client that comes in between. */
    void pass(ByteBuf bytes);

    /** The answer is complete; the rest is for the client. */
    void onAnswered();

    /** What the member says is no answer, nor anything else that could be read. */
    void onNonsense(String why);

    /** The member ends the session, for that reason. */
    void onFatal(ByteBuf error);
  }

  /**
   * @param keepsListeners whether a session that listens can be kept
   * @param memory what the answer takes
   */
  StateInquiry(
      ByteBufAllocator allocator, boolean keepsListeners, StateMemory memory, Taker taker) {
    this.taker = taker;
    this.query = new StateQuery(keepsListeners, memory);
    this.messages = new BackendMessages(allocator, LONGEST);
  }

  /** Why the session cannot go on elsewhere; also before the answer is complete. */
  Optional<Pinned> pinned() {
    return Optional.ofNullable(pinned).or(query::pinned);
  }

  /** What the session is, where nothing pins it; nothing more of it is known here then. */
  SavedState takeState() {
    SavedState state = query.state();
    query.release();
    return state;
  }

  /** Of the WAL, at the member. */
  OptionalLong position() {
    return query.position();
  }

  /** What the member says; takes ownership. */
  void hear(ByteBuf bytes) {
    messages.add(bytes);
    try {
      while (!over && messages.ready()) {
        message(messages.type());
      }
    } catch (ProtocolError e) {
      over = true;
      taker.onNonsense(e.getMessage());
    }
  }

  private void message(byte type) throws ProtocolError {
    switch (type) {
      case 'E' -> {
        if (ServerError.parse(messages.body()).ends()) {
          taker.onFatal(messages.take());
        } else {
          failed = true;
          messages.skip();
        }
      }
      case 'A', 'N', 'S' -> taker.pass(messages.take());
      case 'D' -> {
        query.row(messages.body());
        messages.skip();
      }
      case 'Z' -> {
        messages.skip();
        pinned = failed ? Pinned.QUERY_FAILED : null;
        taker.onAnswered();
      }
      default -> messages.skip();
    }
  }

  /** What has been heard and is for the client; owned by the caller. */
  ByteBuf takeRest() {
    return messages.takeRest();
  }

  void release() {
    over = true;
    messages.release();
    query.release();
  }
}
