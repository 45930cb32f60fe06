package io.trunkline.proxy.backend;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.proxy.relay.ChannelOps;
import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntConsumer;

/**
 * Whether the members of a cluster take TLS, as seen in their answers to SSLRequests: clients', or
 * one of our own where no client's has been answered yet. Only when they do may a waiting client be
 * promised TLS before a member is there.
 */
public final class BackendTlsSupport {
  private static final long PATIENCE_MILLIS = 1_000;

  private enum Answer {
    UNKNOWN,
    YES,
    NO
  }

  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile Answer answer = Answer.UNKNOWN;

  void answered(int word) {
    answer = word == 'S' ? Answer.YES : Answer.NO;
  }

  /** Whether none has answered yet. */
  public boolean unknown() {
    return answer == Answer.UNKNOWN;
  }

  /** Whether they take TLS. */
  public boolean offered() {
    return answer == Answer.YES;
  }

  /** Asks members, unless that is known or being asked: a replica's answer will do. */
  public void ask(Collection<HostPort> members, Dialer dialer, EventLoop loop) {
    if (answer == Answer.UNKNOWN && !members.isEmpty() && asking.compareAndSet(false, true)) {
      members.forEach(member -> ask(member, dialer, loop, this::answered));
      loop.schedule(() -> asking.set(false), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Asks one member; the answer, S or N, is heard on the loop. */
  static void ask(HostPort member, Dialer dialer, EventLoop loop, IntConsumer heard) {
    dialer
        .dial(member, loop, new Listening(heard))
        .addListener(
            (Future<Channel> dialled) -> {
              if (dialled.isSuccess()) {
                Channel channel = dialled.getNow();
                channel.writeAndFlush(FrontendMessages.sslRequest());
                loop.schedule(
                    () -> ChannelOps.abort(channel), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
              }
            });
  }

  private static final class Listening extends SimpleChannelInboundHandler<ByteBuf> {
    private final IntConsumer heard;

    Listening(IntConsumer heard) {
      this.heard = heard;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
      byte word = bytes.getByte(bytes.readerIndex());
      if (word == 'S' || word == 'N') {
        heard.accept(word);
      }
      ChannelOps.abort(ctx.channel());
    }
  }
}
