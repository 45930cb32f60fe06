package io.trunkline.daemon.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.trunkline.config.AdminConfig;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.admin.AdminService.Limits;
import io.trunkline.daemon.admin.RequestHandler.Refused;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.ReloadAnswer;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The admin server of a sample node, and clients for it. */
final class RunningAdmin implements AutoCloseable {
  final EventHistory history;
  final List<String> accepted = new ArrayList<>();
  final List<String> defects = new CopyOnWriteArrayList<>();
  final Path socket;
  final ScriptedSessions sessions = new ScriptedSessions();
  volatile Function<String, CompletableFuture<ReloadAnswer>> reload =
      _ -> CompletableFuture.failedFuture(new IllegalStateException("no reload is expected"));
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AdminServer server;

  RunningAdmin(Path directory, Limits limits) throws IOException {
    this(
        directory,
        limits,
        new SampleNode(SampleConfig.in(directory), SampleCluster.healthy()).observe().facts(),
        Feed.Pace.DEFAULT);
  }

  /** Of that node, and those who follow it live are told at that pace. */
  RunningAdmin(Path directory, Limits limits, NodeFacts node, Feed.Pace pace) throws IOException {
    this(directory, limits, node, pace, new EventHistory(1_000));
  }

  RunningAdmin(Path directory, Limits limits, NodeFacts node, Feed.Pace pace, EventHistory history)
      throws IOException {
    this.history = history;
    this.socket = directory.resolve("admin.sock");
    AdminPages pages =
        new AdminPages(
            node,
            Optional::empty,
            () -> "metrics 1\n",
            history,
            sessions,
            Map.of(
                "/api/v1/reload",
                request -> reload.apply(request.by()).thenApply(AdminResponse::json),
                "/api/v1/clusters/*/accept",
                this::accept));
    AdminConfig config =
        new AdminConfig(
            new HostPort("127.0.0.1", 0), socket, List.of("Metrics.Example.org.", "grafana"));
    this.server =
        new AdminServer(
            config,
            new AdminService(
                pages.routes(pace, this::defect),
                AllowedHosts.of(config, Set.of("proxy-01", "proxy-01.example.org")),
                limits,
                this::defect),
            loop);
    server.start(Optional.empty());
  }

  private void defect(String path, RuntimeException defect) {
    defects.add(path + " " + defect.getMessage());
  }

  /** Where it listens. */
  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  private CompletableFuture<AdminResponse> accept(AdminRequest request) throws Refused {
    String cluster = request.parameter("cluster").orElseThrow();
    if (!cluster.equals("main")) {
      throw Refused.unknown("no cluster of that name is configured");
    }
    if (accepted.size() == 1) {
      throw new IllegalStateException("once is enough");
    }
    accepted.add(cluster);
    return AdminResponse.json(Map.of("done", true)).now();
  }

  /** A connection to the endpoint that gives up after a while. */
  Socket connect() throws IOException {
    Socket client = new Socket(server.address().getAddress(), server.address().getPort());
    client.setSoTimeout(10_000);
    return client;
  }

  /** Sends that, and returns all that comes back until the server closes. */
  String send(String request) throws IOException {
    try (Socket client = connect()) {
      client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  String request(String method, String path) throws IOException {
    return send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  @Override
  public void close() {
    server.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
