package io.trunkline.loadtest.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Patroni's REST API of a cluster, as far as a proxy asks it: who is the primary. */
final class StubPatroni implements AutoCloseable {
  static final String SCOPE = "bench";

  private final String address;
  private final List<Integer> members;
  private final List<HttpServer> servers = new ArrayList<>();
  private volatile int leader;

  private StubPatroni(String address, List<Integer> members) {
    this.address = address;
    this.members = members;
  }

  /** The first of the PostgreSQLs on those ports is the primary. */
  static StubPatroni of(String address, List<Integer> members) throws IOException {
    StubPatroni patroni = new StubPatroni(address, members);
    for (int i = 0; i < members.size(); i++) {
      int member = i;
      HttpServer server = HttpServer.create(new InetSocketAddress(address, Ports.free()), 100);
      server.createContext("/", exchange -> patroni.answer(exchange, member));
      server.start();
      patroni.servers.add(server);
    }
    return patroni;
  }

  String address() {
    return address;
  }

  List<Integer> members() {
    return members;
  }

  /** The port of that member's REST API. */
  int port(int member) {
    return servers.get(member).getAddress().getPort();
  }

  /** The primary's host is lost, and that member is promoted. */
  void failOver(int next) {
    int lost = leader;
    leader = next;
    servers.get(lost).stop(0);
  }

  @Override
  public void close() {
    servers.forEach(server -> server.stop(0));
  }

  private void answer(HttpExchange exchange, int member) throws IOException {
    String path = exchange.getRequestURI().getPath();
    boolean primary = member == leader;
    String body = path.equals("/cluster") ? cluster() : itself(primary);
    int status = primary == !path.equals("/replica") || path.equals("/cluster") ? 200 : 503;
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String cluster() {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < members.size(); i++) {
      all.add(
          """
          {"name": "pg-%d", "role": "%s", "state": "running", "timeline": %d, "lag": 0,
           "api_url": "http://%s:%d/patroni", "host": "%s", "port": %d}
          """
              .formatted(
                  i + 1,
                  i == leader ? "leader" : "replica",
                  timeline(),
                  address,
                  port(i),
                  address,
                  members.get(i)));
    }
    return "{\"scope\": \"%s\", \"members\": [%s]}".formatted(SCOPE, String.join(",", all));
  }

  private String itself(boolean primary) {
    return """
    {"state": "running", "role": "%s", "timeline": %d, "server_version": 150000,
     "xlog": {"location": 1000, "received_location": 1000, "replayed_location": 1000},
     "patroni": {"version": "3.0.2", "scope": "%s"}}
    """
        .formatted(primary ? "primary" : "replica", timeline(), SCOPE);
  }

  private int timeline() {
    return leader + 1;
  }
}
