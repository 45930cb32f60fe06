package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.trunkline.pgwire.state.StateQuery;
import io.trunkline.proxy.backend.BackendState.Attached;
import io.trunkline.proxy.stats.SessionEnd;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks the member what the session is, on the session's own connection, when that may have changed
 * and the session is idle. Owned by the client's event loop.
 */
final class StateAsker {
  /** Changes of the state often come together: they are asked for once. */
  private static final Duration ASK_AFTER = Duration.ofMillis(100);

  /** However often the state may change, it is not asked for more often. */
  private static final Duration ASK_AT_MOST_EVERY = Duration.ofSeconds(1);

  /** One that has not changed, and that there was no memory for, is asked again so much later. */
  private static final Duration ASK_FOR_MEMORY_EVERY = Duration.ofSeconds(10);

  /** A question that takes long, as with very many statements, is asked all the less often. */
  private static final int WAIT_PER_ANSWER = 50;

  private final BackendContext context;
  private final EventLoop loop;
  private final BackendClient client;
  private final BackendConnection connection;
  private final BiConsumer<KeptSession, OptionalLong> move;

  private @Nullable ScheduledFuture<?> askTimer;
  private boolean askDue;
  private long askedAt;
  private long answerTook;
  private boolean moves;

  /**
   * @param move leaves the member, which was asked for that; up to which position of the WAL the
   *     session may have seen it, if the member told
   */
  StateAsker(
      BackendContext context,
      EventLoop loop,
      BackendClient client,
      BackendConnection connection,
      BiConsumer<KeptSession, OptionalLong> move) {
    this.context = context;
    this.loop = loop;
    this.client = client;
    this.connection = connection;
    this.move = move;
  }

  /** The client has got something: it may be idle now. */
  void onRelayed() {
    if (connection.state() instanceof Attached attached
        && worthAsking(attached)
        && connection.idle()) {
      if (askDue) {
        askDue = false;
        ask(attached);
      } else if (askTimer == null) {
        long since = context.nanoTime() - askedAt;
        long wait =
            askedAt == 0
                ? ASK_AFTER.toNanos()
                : Math.max(
                    ASK_AFTER.toNanos(),
                    Math.max(ASK_AT_MOST_EVERY.toNanos(), WAIT_PER_ANSWER * answerTook) - since);
        askTimer = loop.schedule(this::onAskDue, wait, TimeUnit.NANOSECONDS);
      }
    }
  }

  /** A statement that was prepared and dropped since leaves nothing to ask for. */
  private boolean worthAsking(Attached attached) {
    if (attached.kept().isEmpty()) {
      return false;
    }
    KeptSession kept = attached.kept().get(); // a lambda here would be allocated for each read
    return kept.worthAsking() && (kept.follower().worthAsking() || worthAskingForMemory(kept));
  }

  private boolean worthAskingForMemory(KeptSession kept) {
    return kept.worthAskingForMemory()
        && context.nanoTime() - askedAt >= ASK_FOR_MEMORY_EVERY.toNanos();
  }

  private void onAskDue() {
    askTimer = null;
    askDue = connection.state() instanceof Attached attached && worthAsking(attached);
    onRelayed();
  }

  /** Asks the member what the session is, if it is idle; what the client says comes after that. */
  void ask(Attached attached) {
    if (attached.kept().filter(KeptSession::worthAsking).isEmpty() || !connection.idle()) {
      return;
    }
    KeptSession kept = attached.kept().get();
    kept.asks(
        new StateInquiry(
            client.allocator(),
            context.config().keepListen(),
            context.states(),
            new InquiryTaker(kept)));
    askedAt = context.nanoTime();
    context.stats().kept().stateQueried();
    Set<String> settings = new TreeSet<>(context.config().keepSettings());
    settings.addAll(kept.follower().marks().settings());
    attached.link().channel().writeAndFlush(StateQuery.ask(client.allocator(), settings));
  }

  private final class InquiryTaker implements StateInquiry.Taker {
    private final KeptSession kept;

    InquiryTaker(KeptSession kept) {
      this.kept = kept;
    }

    @Override
    public void pass(ByteBuf bytes) {
      connection.relay(bytes);
    }

    @Override
    public void onAnswered() {
      answerTook = context.nanoTime() - askedAt;
      context.stats().kept().stateAnswered(answerTook);
      kept.onAnswer();
      OptionalLong seen = kept.inquiry().map(StateInquiry::position).orElse(OptionalLong.empty());
      ByteBuf rest = kept.endInquiry();
      boolean leaves = moves;
      moves = false;
      connection.cancel().ifPresent(SessionCancel::onAnswered);
      if (rest.isReadable()) {
        connection.relay(rest);
      } else {
        rest.release();
        onRelayed();
        if (leaves) {
          move.accept(kept, seen);
        }
      }
    }

    @Override
    public void onNonsense(String why) {
      client.refuse(
          SessionEnd.BACKEND_LOST, "the member's answer about the session cannot be read: " + why);
    }

    @Override
    public void onFatal(ByteBuf error) {
      connection.relay(Unpooled.wrappedBuffer(error, kept.endInquiry()));
    }
  }

  /** Asks before the session leaves its member for a better one. */
  void askToMove(Attached attached) {
    moves = true;
    ask(attached);
  }

  /** The session has left its member, or is over. */
  void stop() {
    moves = false;
    askDue = false;
    if (askTimer != null) {
      askTimer.cancel(false);
      askTimer = null;
    }
  }
}
