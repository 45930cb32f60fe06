package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.BackendMessages;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.ProtocolError;
import io.trunkline.pgwire.ServerError;
import io.trunkline.proxy.relay.ChannelOps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether a member that has ended a session with 57P01 stops, or whether an administrator
 * has ended that session: PostgreSQL says the same in both cases, but one that stops lets nobody in
 * (57P03, or no connection). One check at a time for each member; all sessions of an event loop
 * share it.
 */
public final class MemberCheck {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int LONGEST = 16 * 1024;

  private final Dialer dialer;
  private final FastThreadLocal<Map<HostPort, Round>> rounds =
      new FastThreadLocal<>() {
        @Override
        protected Map<HostPort, Round> initialValue() {
          return new HashMap<>();
        }
      };

  /** Those who wait for a check that runs, and those who have come since it began. */
  private static final class Round {
    private List<Consumer<Boolean>> waiting = new ArrayList<>();
    private List<Consumer<Boolean>> next = new ArrayList<>();
  }

  public MemberCheck(Dialer dialer) {
    this.dialer = dialer;
  }

  /**
   * @param loop the event loop that this runs on
   * @param answer gets whether the member lets sessions in; false also if it does not answer
   */
  void ask(HostPort member, EventLoop loop, Consumer<Boolean> answer) {
    Round running = rounds.get().get(member);
    if (running != null) {
      running.next.add(answer);
      return;
    }
    Round round = new Round();
    round.waiting.add(answer);
    rounds.get().put(member, round);
    dial(member, loop, round);
  }

  private void dial(HostPort member, EventLoop loop, Round round) {
    Listener listener = new Listener(it -> onAnswer(member, loop, round, it));
    dialer
        .dial(member, loop, listener)
        .addListener(
            (Future<Channel> dialled) -> {
              if (!dialled.isSuccess()) {
                listener.answer(dialled.cause() instanceof ChannelException); // our own fault
                return;
              }
              Channel channel = dialled.getNow();
              listener.channel = channel;
              loop.schedule(
                  () -> listener.answer(false), PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
              channel.writeAndFlush(
                  FrontendMessages.startup(
                      channel.alloc(), "user", "trunkline", "database", "postgres"));
            });
  }

  private void onAnswer(HostPort member, EventLoop loop, Round round, boolean letsIn) {
    List<Consumer<Boolean>> answered = round.waiting;
    if (!letsIn) {
      answered.addAll(round.next);
      round.next.clear();
    }
    if (round.next.isEmpty()) {
      rounds.get().remove(member);
    } else {
      round.waiting = round.next;
      round.next = new ArrayList<>();
      dial(member, loop, round);
    }
    answered.forEach(it -> it.accept(letsIn));
  }

  /** What the member says to a startup packet. */
  private static final class Listener extends ChannelInboundHandlerAdapter {
    private final Consumer<Boolean> done;
    private final BackendMessages messages = new BackendMessages(ByteBufAllocator.DEFAULT, LONGEST);
    private @Nullable Channel channel;
    private boolean answered;

    Listener(Consumer<Boolean> done) {
      this.done = done;
    }

    void answer(boolean letsIn) {
      if (!answered) {
        answered = true;
        messages.release();
        if (channel != null) {
          ChannelOps.abort(channel);
        }
        done.accept(letsIn);
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ByteBuf bytes = (ByteBuf) message;
      if (answered) {
        bytes.release();
        return;
      }
      messages.add(bytes);
      try {
        if (messages.ready()) {
          boolean refused =
              messages.type() == 'E' && ServerError.parse(messages.body()).notAccepting();
          answer(!refused);
        }
      } catch (ProtocolError e) {
        answer(true);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      answer(false);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      answer(false);
    }
  }
}
