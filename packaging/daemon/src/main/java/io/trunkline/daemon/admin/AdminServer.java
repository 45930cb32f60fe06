package io.trunkline.daemon.admin;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.trunkline.config.AdminConfig;
import io.trunkline.config.HostPort;
import io.trunkline.proxy.listener.InheritedSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The read-only HTTP endpoint and the control socket, on one event loop. */
public final class AdminServer implements AutoCloseable {
  /** Bytes, of a request. */
  private static final int READ_AT_ONCE = 4 * 1024;

  /** Bytes of an answer that wait to be taken; then the next piece is not made yet. */
  private static final WriteBufferWaterMark UNSENT = new WriteBufferWaterMark(8 * 1024, 16 * 1024);

  private final AdminConfig config;
  private final AdminService service;
  private final EventLoopGroup loop;
  private final ControlSocket socket;
  private final AdminMemory memory = new AdminMemory();
  private final List<Channel> servers = new ArrayList<>();
  private @Nullable Path drafted;

  /**
   * The buffers of the admin endpoint and the control socket: memory that is taken at the start and
   * kept, so that they answer also when sessions have used up all there is.
   */
  private static final class AdminMemory implements AutoCloseable {
    private static final int PAGE = 8 * 1024;

    /** 8 MB: what all connections together may have under way at once. */
    private static final int PAGES_IN_POWERS_OF_TWO = 10;

    private final ByteBufAllocator allocator =
        new PooledByteBufAllocator(true, 1, 1, PAGE, PAGES_IN_POWERS_OF_TWO, 0, 0, false);

    /** What has a page in use is not given back: this one is in use to the end. */
    private final ByteBuf page = allocator.directBuffer(PAGE);

    /** For one event loop. */
    ByteBufAllocator allocator() {
      return allocator;
    }

    /** From now on it is given back once nothing of it is in use. Any thread, more than once. */
    @Override
    public synchronized void close() {
      if (page.refCnt() > 0) {
        page.release();
      }
    }
  }

  /**
   * @param node what this node is called in the configuration
   * @param defects is told the path and what went wrong when an answer could not be made
   * @param loop a single event loop
   */
  public AdminServer(
      AdminConfig config,
      String node,
      AdminPages pages,
      BiConsumer<String, RuntimeException> defects,
      EventLoopGroup loop) {
    this(
        config,
        new AdminService(
            pages.routes(Feed.Pace.DEFAULT, defects),
            AllowedHosts.of(config, ownNames(node)),
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
   * @param inherited what the former process of this node has left; then the control socket is its
   *     until {@link #publish}
   * @throws IOException saying which could not be opened, and why
   */
  public void start(Optional<InheritedSockets> inherited) throws IOException {
    try {
      Path draft = openSocket(inherited.isPresent());
      openEndpoint(inherited.orElseGet(InheritedSockets::none));
      drafted = draft;
      if (inherited.isEmpty()) {
        publish();
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /** From now on the control socket is this process's. */
  public void publish() throws IOException {
    Path draft = drafted;
    if (draft != null) {
      drafted = null;
      socket.publish(draft);
    }
  }

  /** The socket of the endpoint, for another process of this node; it stays this one's, too. */
  public Map<HostPort, FileDescriptor> socket() {
    return Map.of(config.bind(), ((EpollServerSocketChannel) servers.getLast()).fd());
  }

  /** Where the endpoint listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) servers.getLast().localAddress();
  }

  @Override
  public void close() {
    servers.forEach(server -> server.close().awaitUninterruptibly(1, TimeUnit.SECONDS));
    memory.close();
    try {
      socket.remove();
    } catch (IOException e) {
      // The next start replaces it.
    }
  }

  private Path openSocket(boolean succeeds) throws IOException {
    try {
      Path draft = socket.prepare(succeeds);
      ServerBootstrap bootstrap = bootstrap(true).channel(EpollServerDomainSocketChannel.class);
      await(bootstrap.bind(new DomainSocketAddress(draft.toFile())));
      return draft;
    } catch (IOException e) {
      throw new IOException(
          "cannot open the control socket %s: %s".formatted(config.socket(), e.getMessage()), e);
    }
  }

  private void openEndpoint(InheritedSockets inherited) throws IOException {
    try {
      ServerBootstrap bootstrap = bootstrap(false).option(ChannelOption.SO_REUSEADDR, true);
      await(inherited.open(bootstrap, config.bind()));
    } catch (IOException e) {
      throw new IOException(
          "cannot bind the admin endpoint to %s: %s".formatted(config.bind(), e.getMessage()), e);
    }
  }

  private ServerBootstrap bootstrap(boolean trusted) {
    return new ServerBootstrap()
        .group(loop)
        .option(ChannelOption.SO_BACKLOG, 128)
        .childOption(ChannelOption.ALLOCATOR, memory.allocator())
        .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_AT_ONCE))
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, UNSENT)
        .childHandler(new AdminChannels(service, trusted));
  }

  private void await(ChannelFuture opening) throws IOException {
    ChannelFuture opened = opening.awaitUninterruptibly();
    if (!opened.isSuccess()) {
      throw new IOException(reason(opened.cause()), opened.cause());
    }
    servers.add(opened.channel());
  }

  private static List<String> ownNames(String node) {
    List<String> names = new ArrayList<>(MachineNames.read(Path.of("/")));
    names.add(node);
    return names;
  }

  private static String reason(Throwable cause) {
    return cause instanceof UnresolvedAddressException
        ? "the name is unknown"
        : String.valueOf(cause.getMessage());
  }
}
