package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.ErrorResponse;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.pgwire.state.SavedState;
import io.trunkline.pgwire.state.StateQuery;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A question on a session's own connection while its client is blocked: what has it become? It
 * takes the answer out of what the member says, and what the member says at its end; the client
 * gets the rest.
 */
final class StateInquiry {
  private static final int LONGEST = 1 << 20;

  /** The server is stopping, has crashed, or does not accept connections. */
  private static final Set<String> GOING = Set.of("57P01", "57P02", "57P03");

  private final Taker taker;
  private final BackendMessages messages;
  private final StateQuery query = new StateQuery();
  private boolean answered;
  private boolean over;
  private @Nullable Pinned pinned;

  /** What it tells its session. */
  interface Taker {
    /** A whole message, or what cannot be read, for the client. */
    void pass(ByteBuf bytes);

    /** The answer is complete. */
    void onState();

    /** The member ends the session because it stops, or an administrator has it ended. */
    void onGoing(ByteBuf error);
  }

  StateInquiry(ByteBufAllocator allocator, Taker taker) {
    this.taker = taker;
    this.messages = new BackendMessages(allocator, LONGEST);
  }

  /** Whether the answer is complete. */
  boolean answered() {
    return answered;
  }

  /** Why the session cannot go on elsewhere; also before the answer is complete. */
  Optional<Pinned> pinned() {
    return answered ? Optional.ofNullable(pinned).or(query::pinned) : Optional.of(Pinned.NO_ANSWER);
  }

  /** What the session is, where nothing pins it. */
  SavedState state() {
    return query.state();
  }

  /** What the member says; takes ownership. */
  void hear(ByteBuf bytes) {
    messages.add(bytes);
    try {
      while (!over && messages.ready()) {
        message();
      }
    } catch (ProtocolError e) {
      pinned = Pinned.QUERY_FAILED;
      taker.pass(messages.takeRest());
    }
  }

  private void message() throws ProtocolError {
    byte type = messages.type();
    switch (type) {
      case 'E', 'N' -> {
        String code = ErrorResponse.field(messages.body(), 'C').orElse("");
        if (GOING.contains(code)) {
          ByteBuf going = messages.take();
          if (type == 'E') {
            taker.onGoing(going);
          } else {
            going.release(); // the end of the connection follows
          }
        } else if (type == 'E' && !answered && !fatal()) {
          pinned = Pinned.QUERY_FAILED;
          messages.skip();
        } else {
          taker.pass(messages.take());
        }
      }
      case 'A', 'S' -> taker.pass(messages.take());
      default -> {
        if (answered) {
          taker.pass(messages.take());
        } else {
          answer(type);
        }
      }
    }
  }

  private boolean fatal() {
    return !ErrorResponse.field(messages.body(), 'V').orElse("ERROR").equals("ERROR");
  }

  private void answer(byte type) throws ProtocolError {
    if (type == 'D') {
      query.row(messages.body());
    }
    messages.skip();
    if (type == 'Z') {
      answered = true;
      taker.onState();
    }
  }

  /** What has been heard and is for the client; owned by the caller. */
  ByteBuf takeRest() {
    return messages.takeRest();
  }

  void release() {
    over = true;
    messages.release();
  }
}
