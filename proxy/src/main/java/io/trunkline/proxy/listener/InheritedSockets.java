package io.trunkline.proxy.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.HostPort;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Listening sockets that the former process of this node has left, by the address they were bound
 * to. Both processes have the same queue of clients: none of them notices who accepts.
 */
public final class InheritedSockets implements AutoCloseable {
  private final Map<HostPort, FileDescriptor> left;

  /**
   * @param left descriptors that are this process's own
   */
  public InheritedSockets(Map<HostPort, FileDescriptor> left) {
    this.left = new LinkedHashMap<>(left);
  }

  /** There was no former process: every socket is bound afresh. */
  public static InheritedSockets none() {
    return new InheritedSockets(Map.of());
  }

  /**
   * Accepts on the socket that was left for that address, or binds one.
   *
   * @param bootstrap with everything but the kind of its socket
   * @return fails with the reason why nothing can be bound there
   */
  public synchronized ChannelFuture open(ServerBootstrap bootstrap, HostPort address) {
    FileDescriptor descriptor = left.remove(address);
    if (descriptor == null) {
      InetSocketAddress resolved = address.resolve();
      SocketProtocolFamily family =
          resolved.getAddress() instanceof Inet4Address
              ? SocketProtocolFamily.INET
              : SocketProtocolFamily.INET6;
      return bootstrap
          .channelFactory(() -> (ServerChannel) new EpollServerSocketChannel(family))
          .bind(resolved);
    }
    // The socket is active as soon as it is registered, and what accepts comes after that.
    ChannelFuture registered =
        bootstrap
            .channelFactory(
                () -> (ServerChannel) new EpollServerSocketChannel(descriptor.intValue()))
            .option(ChannelOption.AUTO_READ, false)
            .register();
    registered.addListener(
        done -> {
          Channel channel = registered.channel();
          if (done.isSuccess()) {
            channel.eventLoop().execute(() -> channel.config().setAutoRead(true));
          }
        });
    return registered;
  }

  /** Closes those that nobody wanted. */
  @Override
  public synchronized void close() throws IOException {
    for (FileDescriptor each : left.values()) {
      each.close();
    }
    left.clear();
  }
}
