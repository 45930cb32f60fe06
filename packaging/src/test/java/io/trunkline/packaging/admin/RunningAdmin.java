package io.trunkline.packaging.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.trunkline.config.AdminConfig;
import io.trunkline.config.HostPort;
import io.trunkline.packaging.SampleCluster;
import io.trunkline.packaging.SampleConfig;
import io.trunkline.packaging.SampleNode;
import io.trunkline.packaging.admin.AdminService.Limits;
import io.trunkline.packaging.status.ReloadAnswer;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The admin server of a sample node, and clients for it. */
final class RunningAdmin implements AutoCloseable {
  final EventHistory history = new EventHistory(1_000);
  final List<String> accepted = new ArrayList<>();
  final List<String> defects = new ArrayList<>();
  final Path socket;
  final ScriptedSessions sessions = new ScriptedSessions();
  volatile Function<String, CompletableFuture<ReloadAnswer>> reload =
      _ -> CompletableFuture.failedFuture(new IllegalStateException("no reload is expected"));
  private final EventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
  private final AdminServer server;

  RunningAdmin(Path directory, Limits limits) throws IOException {
    this.socket = directory.resolve("admin.sock");
    SampleNode node = new SampleNode(SampleConfig.in(directory), SampleCluster.healthy());
    AdminPages pages =
        new AdminPages(
            node.observe().facts(),
            Optional::empty,
            () -> "metrics 1\n",
            history,
            sessions,
            by -> reload.apply(by));
    this.server =
        new AdminServer(
            new AdminConfig(new HostPort("127.0.0.1", 0), socket),
            new AdminService(
                new AdminRoutes(
                    pages.byPath(),
                    pages.changes(),
                    "main"::equals,
                    Map.of("accept", this::accept),
                    Map.of()),
                limits,
                (path, defect) -> defects.add(path + " " + defect.getMessage())),
            loop);
    server.start();
  }

  private void accept(String cluster) {
    if (accepted.size() == 1) {
      throw new IllegalStateException("once is enough");
    }
    accepted.add(cluster);
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
    return send(method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  }

  @Override
  public void close() {
    server.close();
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }
}
