package io.trunkline.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One listening socket, and whose clients come in through it. */
final class Listener {
  private static final int BACKLOG = 4096;

  private volatile Endpoint endpoint;
  private @Nullable Channel socket;

  Listener(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  void bind(EventLoopGroup group, SessionLoops loops, InheritedSockets inherited)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    Endpoint now = endpoint;
                    InetSocketAddress peer = (InetSocketAddress) client.remoteAddress();
                    if (!now.admission().accepted(client)) {
                      now.dropped(peer);
                      client.close();
                      return;
                    }
                    if (now.admission().sendsProxyHeader(peer.getAddress())) {
                      awaitHeader(now, client, peer, loops);
                    } else {
                      begin(now, client, peer, loops);
                    }
                  }
                });
    SocketOptions.clients(bootstrap, endpoint.memory());
    var binding = inherited.open(bootstrap, endpoint.listener().bind()).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException(
          "listener %s: cannot bind %s: %s"
              .formatted(
                  endpoint.listener().name(),
                  endpoint.listener().bind(),
                  binding.cause().getMessage()),
          binding.cause());
    }
    socket = binding.channel();
    SocketOptions.inherited(socket, endpoint.listener().tcp());
  }

  private static Session begin(
      Endpoint endpoint, Channel client, InetSocketAddress address, SessionLoops loops) {
    Session session = new Session(endpoint, loops.of(client.eventLoop()), client, address);
    client.pipeline().addLast(new ClientHandler(session));
    return session;
  }

  private static void awaitHeader(
      Endpoint endpoint, Channel client, InetSocketAddress peer, SessionLoops loops) {
    ReadBuffer.forDecoders(client);
    ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    client
        .pipeline()
        .addLast(
            decoder,
            new ProxyHeaderHandler(
                endpoint,
                loops.of(client.eventLoop()),
                peer,
                decoder,
                address -> begin(endpoint, client, address, loops).onClientConnected()));
  }

  /**
   * Those who come from now on are clients of that endpoint; those who are in stay where they are.
   */
  void serve(Endpoint next) {
    endpoint = next;
    if (accepting()) {
      SocketOptions.inherited(Objects.requireNonNull(socket), next.listener().tcp());
    }
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /** Whether both want the same port, of addresses that may be the same. */
  boolean overlaps(Listener other) {
    return endpoint.listener().bind().port() == other.endpoint.listener().bind().port();
  }

  boolean accepting() {
    return socket != null && socket.isActive();
  }

  InetSocketAddress bound() {
    if (socket == null) {
      throw new IllegalStateException("listener " + endpoint.listener().name() + " is not bound");
    }
    return (InetSocketAddress) socket.localAddress();
  }

  /** The socket; empty while nothing is bound. */
  Optional<FileDescriptor> descriptor() {
    return socket instanceof EpollServerSocketChannel open && open.isActive()
        ? Optional.of(open.fd())
        : Optional.empty();
  }

  void stopAccepting() {
    if (socket != null) {
      socket.close().awaitUninterruptibly();
    }
  }
}
