package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.wire.CancelKey;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.Member;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Passes a CancelRequest to every member: only the one that made its secret key acts on it
 * (PostgreSQL docs: "Canceling Requests in Progress").
 */
final class CancelFanOut {
  private static final long PATIENCE_SECONDS = 5;

  /** Each makes PostgreSQL fork, and nobody has to prove anything to send one. */
  private static final int MOST_IN_FLIGHT = 128;

  /** Length and request code. */
  private static final int HEADER = 2 * Integer.BYTES;

  private final Dialer dialer;
  private final CancelKeys keys;
  private final AtomicInteger inFlight = new AtomicInteger();

  CancelFanOut(Dialer dialer, CancelKeys keys) {
    this.dialer = dialer;
    this.keys = keys;
  }

  /** Sends it to whose key it is if that is known, to all otherwise; takes ownership. */
  void send(ByteBuf request, ClusterView view, EventLoop loop) {
    CancelKey key =
        CancelKey.read(request, request.readerIndex() + HEADER, request.readableBytes() - HEADER);
    Optional<HostPort> owner = Optional.ofNullable(key).flatMap(keys::owner);
    owner
        .map(Stream::of)
        .orElseGet(
            () -> view.members().values().stream().map(Member::postgres).flatMap(Optional::stream))
        .forEach(member -> send(request.retainedDuplicate(), member, loop));
    request.release();
  }

  /** PostgreSQL closes the connection once it has acted; closing earlier could lose the request. */
  private void send(ByteBuf request, HostPort member, EventLoop loop) {
    if (inFlight.incrementAndGet() > MOST_IN_FLIGHT) {
      inFlight.decrementAndGet();
      request.release();
      return;
    }
    dialer
        .dial(member, loop, new ChannelInboundHandlerAdapter())
        .addListener(
            (Future<Channel> dialled) -> {
              if (!dialled.isSuccess()) {
                inFlight.decrementAndGet();
                request.release();
                return;
              }
              Channel channel = dialled.getNow();
              channel.config().setOption(io.netty.channel.ChannelOption.ALLOW_HALF_CLOSURE, false);
              channel.writeAndFlush(request).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
              Future<?> patience =
                  loop.schedule(() -> channel.close(), PATIENCE_SECONDS, TimeUnit.SECONDS);
              channel
                  .closeFuture()
                  .addListener(
                      _ -> {
                        patience.cancel(false);
                        inFlight.decrementAndGet();
                      });
            });
  }
}
