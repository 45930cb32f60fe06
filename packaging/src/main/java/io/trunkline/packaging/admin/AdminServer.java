package io.trunkline.packaging.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.trunkline.config.AdminConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** The read-only HTTP endpoint and the control socket, on one event loop. */
public final class AdminServer implements AutoCloseable {
  private final AdminConfig config;
  private final AdminService service;
  private final EventLoopGroup loop;
  private final ControlSocket socket;
  private final List<Channel> servers = new ArrayList<>();

  /**
   * @param clusters whether a cluster of that name is configured
   * @param actions what can be done to a cluster, by name
   * @param nodeActions what can be done to this node, by name
   * @param defects is told the path and what went wrong when an answer could not be made
   * @param loop a single event loop
   */
  public AdminServer(
      AdminConfig config,
      AdminPages pages,
      Predicate<String> clusters,
      Map<String, ClusterAction> actions,
      Map<String, NodeAction> nodeActions,
      BiConsumer<String, RuntimeException> defects,
      EventLoopGroup loop) {
    this(
        config,
        new AdminService(
            new AdminRoutes(
                pages.byPath(Feed.Pace.DEFAULT, defects),
                pages.changes(),
                clusters,
                actions,
                nodeActions),
            AdminService.Limits.DEFAULT,
            defects),
        loop);
  }

  AdminServer(AdminConfig config, AdminService service, EventLoopGroup loop) {
    this.config = config;
    this.service = service;
    this.loop = loop;
    this.socket = new ControlSocket(config.socket());
  }

  /**
   * Opens both, or none.
   *
   * @throws IOException saying which could not be opened, and why
   */
  public void start() throws IOException {
    try {
      openSocket();
      openEndpoint();
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** Where the endpoint listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) servers.getLast().localAddress();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
    try {
      socket.remove();
    } catch (IOException e) {
      // The next start replaces it.
    }
  }

  private void openSocket() throws IOException {
    try {
      Path draft = socket.prepare();
      bind(EpollServerDomainSocketChannel.class, new DomainSocketAddress(draft.toFile()), true);
      socket.publish(draft);
    } catch (IOException e) {
      throw new IOException(
          "cannot open the control socket %s: %s".formatted(config.socket(), e.getMessage()), e);
    }
  }

  private void openEndpoint() throws IOException {
    try {
      bind(EpollServerSocketChannel.class, config.bind().resolve(), false);
    } catch (IOException e) {
      throw new IOException(
          "cannot bind the admin endpoint to %s: %s".formatted(config.bind(), e.getMessage()), e);
    }
  }

  private void bind(Class<? extends ServerChannel> type, SocketAddress address, boolean trusted)
      throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(type)
            .option(ChannelOption.SO_BACKLOG, 128)
            .childHandler(new AdminChannels(service, trusted));
    if (type == EpollServerSocketChannel.class) {
      bootstrap.option(ChannelOption.SO_REUSEADDR, true);
    }
    ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(reason(bound.cause()), bound.cause());
    }
    servers.add(bound.channel());
  }

  private static String reason(Throwable cause) {
    return cause instanceof UnresolvedAddressException
        ? "the name is unknown"
        : String.valueOf(cause.getMessage());
  }
}
