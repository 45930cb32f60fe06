package io.trunkline.daemon;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A Patroni that says it is the primary, and a PostgreSQL that accepts and then says nothing. */
final class FakePrimary implements AutoCloseable {
  private final HttpServer patroni;
  private final ServerSocket postgres = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  private final List<Socket> sessions = new CopyOnWriteArrayList<>();

  FakePrimary() throws IOException {
    patroni = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 10);
    patroni.createContext(
        "/",
        exchange -> {
          boolean all = exchange.getRequestURI().getPath().equals("/cluster");
          byte[] body = (all ? cluster() : self()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    patroni.start();
    Thread.ofPlatform().daemon().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + patroni.getAddress().getPort();
  }

  /** How many sessions have come in. */
  int sessions() {
    return sessions.size();
  }

  private void accept() {
    try {
      while (true) {
        sessions.add(postgres.accept());
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private String cluster() {
    return """
    {"scope": "demo", "members": [{"name": "pg-1", "role": "leader", "state": "running",
     "api_url": "%s/patroni", "host": "127.0.0.1", "port": %d, "timeline": 1}]}
    """
        .formatted(url(), postgres.getLocalPort());
  }

  private static String self() {
    return """
    {"state": "running", "role": "primary", "server_version": 160000, "timeline": 1,
     "xlog": {"location": 1000}, "database_system_identifier": "7000",
     "patroni": {"version": "4.0.0", "scope": "demo", "name": "pg-1"}}
    """;
  }

  @Override
  public void close() throws IOException {
    patroni.stop(0);
    postgres.close();
    for (Socket session : sessions) {
      session.close();
    }
  }
}
