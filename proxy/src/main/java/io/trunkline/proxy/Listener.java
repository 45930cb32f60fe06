package io.trunkline.proxy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** One listening socket. */
final class Listener {
  private static final int BACKLOG = 4096;

  private final Endpoint endpoint;
  private @Nullable Channel socket;

  Listener(Endpoint endpoint) {
    this.endpoint = endpoint;
  }

  void bind(EventLoopGroup group, SessionLoops loops) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(group)
            .channel(EpollServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childHandler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel client) {
                    InetSocketAddress peer = (InetSocketAddress) client.remoteAddress();
                    if (endpoint.admission().sendsProxyHeader(peer.getAddress())) {
                      awaitHeader(client, peer, loops);
                    } else {
                      begin(client, peer, loops);
                    }
                  }
                });
    SocketOptions.client(bootstrap, endpoint.listener().tcp());
    var binding = bootstrap.bind(endpoint.listener().bind().resolve()).awaitUninterruptibly();
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
  }

  private Session begin(Channel client, InetSocketAddress address, SessionLoops loops) {
    Session session = new Session(endpoint, loops.of(client.eventLoop()), client, address);
    client.pipeline().addLast(new ClientHandler(session));
    return session;
  }

  private void awaitHeader(Channel client, InetSocketAddress peer, SessionLoops loops) {
    ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    client
        .pipeline()
        .addLast(
            decoder,
            new ProxyHeaderHandler(
                endpoint,
                peer,
                decoder,
                address -> begin(client, address, loops).onClientConnected()));
  }

  Endpoint endpoint() {
    return endpoint;
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

  void stopAccepting() {
    if (socket != null) {
      socket.close().awaitUninterruptibly();
    }
  }
}
