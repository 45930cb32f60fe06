package io.trunkline.loadtest.bench;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Says of one PostgreSQL on loopback that it is the primary: what a benchmark needs of Patroni. */
final class StubPatroni implements AutoCloseable {
  private final HttpServer server;

  private StubPatroni(HttpServer server) {
    this.server = server;
  }

  static StubPatroni of(LocalPostgres postgres) throws IOException {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(any, 10);
    int port = server.getAddress().getPort();
    byte[] cluster =
        """
        {"scope": "bench", "members": [{"name": "pg-1", "role": "leader", "state": "running",
         "api_url": "http://127.0.0.1:%d/patroni", "host": "127.0.0.1", "port": %d, "timeline": 1}]}
        """
            .formatted(port, postgres.port())
            .getBytes(StandardCharsets.UTF_8);
    byte[] member =
        """
        {"state": "running", "role": "primary", "timeline": 1, "server_version": 150000,
         "xlog": {"location": 1000},
         "patroni": {"version": "3.0.2", "scope": "bench", "name": "pg-1"}}
        """
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestURI().getPath().equals("/cluster") ? cluster : member;
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return new StubPatroni(server);
  }

  int port() {
    return server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
