package io.trunkline.loadtest.relay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many clients that ask for much and read nothing: {@code SlowReaders CLIENTS FAILOVERS}. Prints
 * what they cost the proxy, how fast it answers meanwhile, and how soon after a failover the former
 * primary has lost all of them. The daemon runs with its defaults, with a VIP on a dummy interface;
 * Patroni and PostgreSQL are stubs in this process. Run by slow-readers.sh in a network namespace
 * of its own.
 */
public final class SlowReaders implements AutoCloseable {
  private static final int PORT = 5000;
  private static final int ROW = 64 * 1024;
  private static final int AT_ONCE = 200;
  private static final Duration WATCHED = Duration.ofSeconds(10);
  private static final byte[] WELCOME = {'R', 0, 0, 0, 8, 0, 0, 0, 0, 'Z', 0, 0, 0, 5, 'I'};
  private static final byte[] QUERY = {'Q', 0, 0, 0, 13, 's', 'e', 'l', 'e', 'c', 't', ' ', '1', 0};

  /** A segment is as on Ethernet: with loopback's, the kernel alone would keep 2 MB for each. */
  private static final ChannelOption<Integer> MAXSEG =
      new IntegerUnixChannelOption("TCP_MAXSEG", 6, 2);

  private final int clients;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
  private final AtomicInteger[] sessions = {new AtomicInteger(), new AtomicInteger()};

  /** By then the proxy has given up those that still take nothing, if it needs their memory. */
  private static final Duration GIVEN_UP = Duration.ofSeconds(8);

  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger timeline = new AtomicInteger(1);
  private final List<HttpServer> patronis = new ArrayList<>();
  private final Path home;
  private final Process daemon;
  private final Path socket;
  private volatile int leader;
  private double slowestAnswer;

  private SlowReaders(int clients) throws IOException {
    this.clients = clients;
    this.home = Files.createTempDirectory("slow-readers");
    this.socket = home.resolve("admin.sock");
    for (int member = 0; member < 2; member++) {
      patroni(member);
      postgres(member);
    }
    Path file = home.resolve("trunkline.yaml");
    Files.writeString(
        file,
        """
        node: proxy
        state_dir: %s
        drain_timeout: 0s
        clusters:
          - {name: main, scope: main, patroni: {hosts: ["127.0.0.1:8000", "127.0.0.1:8001"]}}
        listeners: [{name: write, bind: "127.0.0.1:%d", route: primary}]
        vips:
          - {name: main, interface: vip0, addresses: [10.79.1.210/24], vrrp: {priority: 100}}
        admin: {bind: "127.0.0.1:7000", socket: %s}
        """
            .formatted(home, PORT, socket));
    this.daemon =
        new ProcessBuilder("packaging/target/trunkline/bin/trunkline", "run", "-c", file.toString())
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("log").toFile())
            .start();
  }

  /**
   * @param args how many clients; how many failovers
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (SlowReaders run = new SlowReaders(Integer.parseInt(args[0]))) {
      run.measure(Integer.parseInt(args[1]));
    }
  }

  private void measure(int failovers) throws IOException, InterruptedException {
    while (!Files.exists(socket) || metric("trunkline_vip_state{", "state=\"master\"") < 1) {
      Thread.sleep(200);
    }
    System.out.printf("%d clients, %d failovers%n", clients, failovers);
    report("before");
    for (int i = 1; i <= failovers; i++) {
      connect();
      watch(WATCHED);
      report("round " + i);
      failOver();
    }
    watch(WATCHED);
    report("after");
    double missed = metric("trunkline_vip_missed_deadlines_total", "");
    double transitions = metric("trunkline_vip_transitions_total", "");
    System.out.printf(
        "slowest answer of the control socket: %.0f ms; VIP: %.0f deadlines missed,"
            + " %.0f transitions since the start%n",
        slowestAnswer, missed, transitions);
    try (var lines = Files.lines(home.resolve("log"))) {
      lines
          .filter(line -> line.contains("sessions_ended") || line.contains("memory_limit"))
          .forEach(System.out::println);
    }
  }

  private void connect() throws IOException, InterruptedException {
    asked.set(0);
    long begun = System.nanoTime();
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops)
            .channel(EpollSocketChannel.class)
            .option(ChannelOption.SO_RCVBUF, 4096)
            .option(MAXSEG, 1448)
            .handler(new Reader());
    for (int i = 0; i < clients; i++) {
      bootstrap.connect("127.0.0.1", PORT);
      while (i - asked.get() > AT_ONCE) {
        pause(begun);
      }
    }
    while (asked.get() < clients) {
      pause(begun);
    }
  }

  private void pause(long begun) throws IOException, InterruptedException {
    if (System.nanoTime() - begun > Duration.ofMinutes(2).toNanos()) {
      throw new IOException(asked + " of " + clients + " clients were let in; see " + home);
    }
    Thread.sleep(1);
  }

  /** Asks for the status again and again. */
  private void watch(Duration time) throws IOException, InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() - end < 0) {
      ask("/api/v1/status");
      Thread.sleep(100);
    }
  }

  private void failOver() throws IOException, InterruptedException {
    int former = leader;
    timeline.incrementAndGet();
    leader = 1 - former;
    long begun = System.nanoTime();
    while (sessions[former].get() > 0) {
      if (System.nanoTime() - begun > Duration.ofSeconds(60).toNanos()) {
        throw new IOException(
            sessions[former] + " sessions are still on the former primary; see " + home);
      }
      Thread.sleep(1);
    }
    System.out.printf(
        "failover: no session is on the former primary %d ms after its Patroni says so%n",
        Duration.ofNanos(System.nanoTime() - begun).toMillis());
    watch(GIVEN_UP);
  }

  private void report(String when) throws IOException {
    String status = Files.readString(Path.of("/proc", daemon.pid() + "", "status"));
    String resident =
        status.lines().filter(line -> line.startsWith("VmRSS")).findFirst().orElse("VmRSS 0");
    System.out.printf(
        "%s: %.0f connections, %d MB resident, %.0f MB of buffers, %.0f MB of them wait%n",
        when,
        metric("trunkline_listener_connections{", ""),
        Long.parseLong(resident.replaceAll("\\D", "")) / 1024,
        metric("trunkline_memory_used_bytes{", "kind=\"buffers\"") / (1 << 20),
        metric("trunkline_memory_waiting_bytes", "") / (1 << 20));
  }

  private double metric(String beginning, String label) throws IOException {
    return ask("/metrics")
        .lines()
        .filter(line -> line.startsWith(beginning) && line.contains(label))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private String ask(String path) throws IOException {
    long begun = System.nanoTime();
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(socket));
      String request = "GET " + path + " HTTP/1.1\r\nHost: trunkline\r\nConnection: close\r\n\r\n";
      channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      slowestAnswer = Math.max(slowestAnswer, (System.nanoTime() - begun) / 1e6);
      return new String(answer, StandardCharsets.UTF_8);
    }
  }

  /** Logs in, asks, and reads no more. */
  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      byte[] parameters = "user\0app\0database\0app\0\0".getBytes(StandardCharsets.US_ASCII);
      ctx.writeAndFlush(
          Unpooled.buffer()
              .writeInt(8 + parameters.length)
              .writeInt(196_608)
              .writeBytes(parameters));
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((ByteBuf) message).release();
      if (ctx.channel().config().isAutoRead()) {
        ctx.channel().config().setAutoRead(false);
        ctx.writeAndFlush(Unpooled.wrappedBuffer(QUERY));
        asked.incrementAndGet();
      }
    }

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void postgres(int member) {
    new ServerBootstrap()
        .group(loops)
        .channel(EpollServerSocketChannel.class)
        .option(ChannelOption.SO_BACKLOG, 4096)
        .childOption(ChannelOption.SO_SNDBUF, 16 * 1024)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                sessions[member].incrementAndGet();
                channel.closeFuture().addListener(_ -> sessions[member].decrementAndGet());
                channel.pipeline().addLast(new Server());
              }
            })
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 6000 + member))
        .syncUninterruptibly();
  }

  /** Lets everybody in, and answers the first query without end. */
  private static final class Server extends ChannelInboundHandlerAdapter {
    private static final ByteBuf DATA =
        Unpooled.unreleasableBuffer(
            Unpooled.directBuffer(ROW + 5).writeByte('D').writeInt(ROW + 4).writeZero(ROW));

    private boolean welcomed;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      ((ByteBuf) message).release();
      if (!welcomed) {
        welcomed = true;
        ctx.writeAndFlush(Unpooled.wrappedBuffer(WELCOME));
      } else {
        send(ctx);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      send(ctx);
    }

    private static void send(ChannelHandlerContext ctx) {
      while (ctx.channel().isWritable() && ctx.channel().isActive()) {
        ctx.writeAndFlush(DATA.duplicate());
      }
    }

    @Override
    @SuppressWarnings("deprecation")
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }

  private void patroni(int member) throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8000 + member), 100);
    server.createContext("/", exchange -> answer(exchange, member));
    server.start();
    patronis.add(server);
  }

  private void answer(HttpExchange exchange, int member) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean primary = member == leader;
    boolean all = path.equals("/cluster");
    byte[] body = (all ? cluster() : itself(primary)).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(
        all || primary == !path.equals("/replica") ? 200 : 503, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private String cluster() {
    StringBuilder members = new StringBuilder();
    for (int i : List.of(0, 1)) {
      members
          .append(i == 0 ? "" : ",")
          .append(
              """
              {"name": "pg-%d", "role": "%s", "state": "running", "timeline": %d, "lag": 0,
               "api_url": "http://127.0.0.1:%d/patroni", "host": "127.0.0.1", "port": %d}
              """
                  .formatted(
                      i + 1,
                      i == leader ? "leader" : "replica",
                      timeline.get(),
                      8000 + i,
                      6000 + i));
    }
    return "{\"scope\": \"main\", \"members\": [%s]}".formatted(members);
  }

  private String itself(boolean primary) {
    return """
    {"state": "running", "role": "%s", "timeline": %d, "server_version": 170000,
     "xlog": {"location": 1000, "received_location": 1000, "replayed_location": 1000},
     "patroni": {"version": "4.0.4", "scope": "main"}}
    """
        .formatted(primary ? "primary" : "replica", timeline.get());
  }

  @Override
  public void close() {
    daemon.destroy();
    try {
      if (!daemon.waitFor(15, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    } catch (InterruptedException e) {
      daemon.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    patronis.forEach(patroni -> patroni.stop(0));
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
