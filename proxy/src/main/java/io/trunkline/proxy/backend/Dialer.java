package io.trunkline.proxy.backend;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandler;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.trunkline.config.HostPort;
import io.trunkline.config.HostResolver;
import io.trunkline.config.ListenerConfig;
import io.trunkline.proxy.relay.Descriptors;
import io.trunkline.proxy.relay.RelayMemory;
import io.trunkline.proxy.relay.SocketOptions;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Function;

/** Opens connections to members, on the loop of the client they are for. */
public final class Dialer {
  private final HostResolver hosts;
  private final Function<InetAddress, Channel> sockets;
  private final Descriptors descriptors;
  private final SocketOptions options;

  public Dialer(
      ListenerConfig listener, HostResolver hosts, Descriptors descriptors, RelayMemory memory) {
    this(listener, hosts, Dialer::socket, descriptors, memory);
  }

  /**
   * With other sockets than the kernel's.
   *
   * @param sockets makes one for connections to that address
   */
  public Dialer(
      ListenerConfig listener,
      HostResolver hosts,
      Function<InetAddress, Channel> sockets,
      Descriptors descriptors,
      RelayMemory memory) {
    this.hosts = hosts;
    this.sockets = sockets;
    this.descriptors = descriptors;
    this.options = SocketOptions.backend(listener.tcp(), listener.connectTimeout(), memory);
  }

  /** A connection to that host, or why there is none; completes on the loop. */
  public Future<Channel> dial(HostPort host, EventLoop loop, ChannelHandler handler) {
    Promise<Channel> promise = loop.newPromise();
    var _ =
        hosts
            .resolve(host.host())
            .whenCompleteAsync(
                (found, error) -> {
                  if (error == null) {
                    InetAddress first = found.getFirst();
                    connect(new InetSocketAddress(first, host.port()), loop, handler, promise);
                  } else {
                    promise.setFailure(error);
                  }
                },
                task -> onLoop(loop, task));
    return promise;
  }

  private static void onLoop(EventLoop loop, Runnable task) {
    if (loop.inEventLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private void connect(
      InetSocketAddress address, EventLoop loop, ChannelHandler handler, Promise<Channel> promise) {
    Channel channel;
    try {
      channel = open(address.getAddress(), handler);
    } catch (ChannelException e) {
      promise.setFailure(e);
      return;
    }
    loop.register(channel)
        .addListener(
            registered -> {
              if (registered.isSuccess()) {
                channel.connect(address).addListener(done -> tell(done, channel, promise));
              } else {
                tell(registered, channel, promise);
              }
            });
  }

  /** Fails when no file descriptor is left, or the kernel refuses an option. */
  private Channel open(InetAddress address, ChannelHandler handler) {
    descriptors.demandOne();
    Channel channel = sockets.apply(address);
    try {
      options.set(channel.config());
    } catch (ChannelException e) {
      channel.unsafe().closeForcibly();
      throw e;
    }
    descriptors.count(channel);
    channel.pipeline().addLast(handler);
    return channel;
  }

  private static Channel socket(InetAddress address) {
    return new EpollSocketChannel(
        address instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6);
  }

  private static void tell(Future<?> done, Channel channel, Promise<Channel> promise) {
    if (done.isSuccess()) {
      promise.setSuccess(channel);
    } else {
      channel.close();
      promise.setFailure(done.cause());
    }
  }
}
