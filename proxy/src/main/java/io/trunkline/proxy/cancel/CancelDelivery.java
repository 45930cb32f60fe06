package io.trunkline.proxy.cancel;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.backend.Dialer;
import java.util.concurrent.TimeUnit;

/**
 * One cancel request on its way to one member. It owns the request.
 *
 * @param loop the cancelling client's
 * @param arrived when the client sent it, {@link System#nanoTime}
 * @param over runs on the loop when the member has closed, or cannot be reached
 */
record CancelDelivery(
    ByteBuf request, HostPort member, EventLoop loop, long arrived, Runnable over) {
  /** Whether the client has been told that it is done. */
  boolean late(long nanos) {
    return nanos - arrived > CancelFanOut.PATIENCE.toNanos();
  }

  /** PostgreSQL closes the connection once it has acted; closing earlier could lose the request. */
  void run(Dialer dialer, Runnable returned) {
    dialer
        .dial(member, loop, new ChannelInboundHandlerAdapter())
        .addListener((Future<Channel> dialled) -> onDialled(dialled, returned));
  }

  private void onDialled(Future<Channel> dialled, Runnable returned) {
    if (!dialled.isSuccess()) {
      drop();
      returned.run();
      return;
    }
    Channel channel = dialled.getNow();
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    channel.writeAndFlush(request).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    Future<?> patience =
        loop.schedule(() -> channel.close(), CancelFanOut.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    channel
        .closeFuture()
        .addListener(
            _ -> {
              patience.cancel(false);
              over.run();
              returned.run();
            });
  }

  /** It is not passed on. */
  void drop() {
    request.release();
    over.run();
  }
}
