package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sessions that only log in and leave, for a minute, across links: long enough to run out of the
 * 28,000 ports towards the server if the proxy leaves them in TIME_WAIT. Each proxy has a server of
 * its own: the ports that one has used up towards it are free towards another's.
 */
final class RemoteChurn implements Case {
  private static final double SECONDS = 60;
  private static final double QUICK_SECONDS = 12;
  private static final int ROUNDS = 3;

  @Override
  public String name() {
    return "namespaces";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    List<Way> ways = quick ? List.of(HAPROXY, TRUNKLINE) : Way.with(HAPROXIES, TRUNKLINE);
    List<Server> servers = new ArrayList<>();
    List<Contender> open = new ArrayList<>();
    try (Namespaces namespaces = Namespaces.open()) {
      try {
        Site site = field.site().behind(namespaces.proxy(), namespaces.proxyAddress());
        List<String> options = new ArrayList<>(namespaces.sources());
        options.addAll(List.of("-c", "16"));
        PeerLoad load = new PeerLoad(namespaces.clients(), "churn", options);
        for (Way way : field.possible(ways)) {
          servers.add(Server.open(field.site(), namespaces.serverAddress()));
          Site own = site.leadingOnlyTo(servers.getLast().patroni());
          open.add(field.settled(own.open(way), load));
        }
        return List.of(
            field.measure(
                "churn-namespaces",
                "new connections across links, %.0f s".formatted(quick ? QUICK_SECONDS : SECONDS),
                "connection",
                load,
                open,
                quick ? 1 : Math.min(ROUNDS, field.options().pairs()),
                quick ? QUICK_SECONDS : SECONDS));
      } finally {
        open.forEach(Contender::close);
        servers.forEach(Server::close);
      }
    }
  }

  private record Server(Daemon postgres, StubPatroni patroni) {
    static Server open(Site site, String address) throws IOException {
      int port = Ports.free();
      return new Server(Peer.serve(site, address, port), StubPatroni.of(address, List.of(port)));
    }

    void close() {
      patroni.close();
      postgres.close();
    }
  }
}
