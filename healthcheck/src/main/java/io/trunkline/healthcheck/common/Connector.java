package io.trunkline.healthcheck.common;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Opens TCP connections whose events all come on one loop. */
public final class Connector {
  private final EventLoop loop;
  private final ChannelFactory<? extends Channel> channels;
  private final HostResolver hosts;

  public Connector(EventLoop loop, ChannelFactory<? extends Channel> channels, HostResolver hosts) {
    this.loop = loop;
    this.channels = channels;
    this.hosts = hosts;
  }

  /**
   * Dials; a name with several addresses at another one each time.
   *
   * @param over whether nobody wants the connection any more
   * @param limit how long connecting may take
   * @param failed is told on the loop why there is no connection. Netty itself tells that on a
   *     thread of its own when no socket can be opened, as when no file descriptor is left.
   */
  public void connect(
      HostPort address,
      BooleanSupplier over,
      Duration limit,
      ChannelInitializer<SocketChannel> initializer,
      Consumer<Throwable> failed) {
    var _ =
        hosts
            .resolve(address.host())
            .whenComplete(
                (found, error) ->
                    onLoop(
                        () -> {
                          if (error != null) {
                            failed.accept(
                                new UnknownHostException("no address for " + address.host()));
                          } else if (!over.getAsBoolean()) {
                            InetAddress one =
                                found.get(ThreadLocalRandom.current().nextInt(found.size()));
                            dial(
                                new InetSocketAddress(one, address.port()),
                                limit,
                                initializer,
                                failed);
                          }
                        }));
  }

  private void dial(
      InetSocketAddress address,
      Duration limit,
      ChannelInitializer<SocketChannel> initializer,
      Consumer<Throwable> failed) {
    var _ =
        new Bootstrap()
            .group(loop)
            .channelFactory(channels)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(limit.toMillis()))
            .handler(initializer)
            .connect(address)
            .addListener(
                connected -> {
                  if (!connected.isSuccess()) {
                    onLoop(() -> failed.accept(connected.cause()));
                  }
                });
  }

  private void onLoop(Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
      return;
    }
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // closed: nobody is interested any more
    }
  }
}
