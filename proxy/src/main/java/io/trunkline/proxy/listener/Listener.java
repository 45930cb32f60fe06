package io.trunkline.proxy.listener;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.proxy.relay.ReadBuffer;
import io.trunkline.proxy.relay.SocketOptions;
import io.trunkline.proxy.session.ClientHandler;
import io.trunkline.proxy.session.ListenerContext;
import io.trunkline.proxy.session.Session;
import io.trunkline.proxy.session.SessionLoops;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One listening socket, and whose clients come in through it. */
public final class Listener {
  private static final int BACKLOG = 4096;

  private volatile ListenerContext context;
  private @Nullable Channel socket;

  Listener(ListenerContext context) {
    this.context = context;
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
                    ListenerContext now = context;
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
    SocketOptions.clients(bootstrap, context.memory());
    var binding = inherited.open(bootstrap, context.config().bind()).awaitUninterruptibly();
    if (!binding.isSuccess()) {
      throw new IOException(
          "listener %s: cannot bind %s: %s"
              .formatted(
                  context.config().name(), context.config().bind(), binding.cause().getMessage()),
          binding.cause());
    }
    socket = binding.channel();
    SocketOptions.inherited(socket, context.config().tcp());
  }

  private static Session begin(
      ListenerContext context, Channel client, InetSocketAddress address, SessionLoops loops) {
    Session session = new Session(context, loops.of(client.eventLoop()), client, address);
    client.pipeline().addLast(new ClientHandler(session));
    return session;
  }

  private static void awaitHeader(
      ListenerContext context, Channel client, InetSocketAddress peer, SessionLoops loops) {
    ReadBuffer.forDecoders(client);
    ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    client
        .pipeline()
        .addLast(
            decoder,
            new ProxyHeaderHandler(
                context,
                loops.of(client.eventLoop()),
                peer,
                decoder,
                address -> begin(context, client, address, loops).onClientConnected()));
  }

  /** Those who come from now on belong to that context; those who are in stay where they are. */
  void serve(ListenerContext next) {
    context = next;
    if (accepting()) {
      SocketOptions.inherited(Objects.requireNonNull(socket), next.config().tcp());
    }
  }

  /** Whose clients come in now. */
  public ListenerContext context() {
    return context;
  }

  /** Whether both want the same port, of addresses that may be the same. */
  boolean overlaps(Listener other) {
    return context.config().bind().port() == other.context.config().bind().port();
  }

  /** Whether it is bound, and accepts. */
  public boolean accepting() {
    return socket != null && socket.isActive();
  }

  /** Where it is bound. */
  public InetSocketAddress bound() {
    if (socket == null) {
      throw new IllegalStateException("listener " + context.config().name() + " is not bound");
    }
    return (InetSocketAddress) socket.localAddress();
  }

  /** The socket; empty while nothing is bound. */
  Optional<FileDescriptor> descriptor() {
    return socket instanceof EpollServerSocketChannel open && open.isActive()
        ? Optional.of(open.fd())
        : Optional.empty();
  }

  /** Closes the socket; those who are in go on. */
  public void stopAccepting() {
    if (socket != null) {
      socket.close().awaitUninterruptibly();
    }
  }
}
