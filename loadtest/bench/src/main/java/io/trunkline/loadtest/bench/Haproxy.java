package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * HAProxy as it stands before Patroni: TCP, the primary found by GET /primary. Tuned is as far as
 * its options go: large buffers, splice(2), no TIME_WAIT towards the server; health checks once a
 * second, as Trunkline's.
 */
final class Haproxy {
  private static final String DEBIAN = "/usr/sbin/haproxy";

  private Haproxy() {}

  static Contender open(Site site, Way way) throws IOException {
    return open(site, way, site.postgres().members(), site.fake().members());
  }

  /** With a PgBouncer between it and each primary. */
  static Contender beforePgBouncer(Site site, Way way) throws IOException {
    int port = Ports.free();
    Path home = Files.createDirectories(site.home(way).resolve("pgbouncer"));
    Daemon pooler = PgBouncer.start(site, way, home, port);
    try {
      Contender before =
          open(
              site,
              way,
              firstIs(port, site.postgres().members()),
              firstIs(port, site.fake().members()));
      return new Contender(
          way,
          before.address(),
          before.postgres(),
          before.fake(),
          Optional.of(before.daemon().before(pooler)));
    } catch (IOException | LabException e) {
      pooler.close();
      throw e;
    }
  }

  private static List<Integer> firstIs(int port, List<Integer> members) {
    List<Integer> ports = new ArrayList<>(members);
    ports.set(0, port);
    return ports;
  }

  /**
   * Starts one.
   *
   * @param postgreses the ports of the servers in front of PostgreSQL
   * @param fakes the ports of those in front of the fake one
   */
  private static Contender open(Site site, Way way, List<Integer> postgreses, List<Integer> fakes)
      throws IOException {
    Path home = site.home(way);
    int postgres = Ports.free();
    int fake = Ports.free();
    String configuration =
        global(way)
            + sections(site, way, "postgres", postgres, site.postgres(), postgreses)
            + sections(site, way, "fake", fake, site.fake(), fakes);
    Path file = Files.writeString(home.resolve("haproxy.cfg"), configuration);
    List<String> command = new ArrayList<>(site.prefix());
    command.addAll(
        List.of(way.other() ? site.haproxy().toString() : DEBIAN, "-db", "-f", file.toString()));
    Daemon daemon =
        Daemon.start(
            new Daemon.Launch(
                home.resolve("log"), command, Map.of(), site.address(), List.of(postgres, fake)));
    return new Contender(way, site.address(), postgres, fake, Optional.of(daemon));
  }

  private static String global(Way way) {
    return """
    global
      maxconn %d
    %s
    defaults
      mode tcp
      retries 2
      timeout connect 4s
      timeout client 30m
      timeout server 30m
      timeout check 5s
    %s
    """
        .formatted(
            Site.mostSessions(),
            way.tuned() ? "  nbthread 2\n  tune.bufsize 131072\n  maxpipes 100\n" : "",
            way.tuned() ? "  option splice-auto\n" : "");
  }

  private static String sections(
      Site site, Way way, String name, int port, StubPatroni patroni, List<Integer> servers) {
    StringBuilder section = new StringBuilder();
    section.append(
        """
        frontend %1$s
          bind %2$s:%3$d%4$s
          default_backend %1$s
        backend %1$s
        %6$s
          option httpchk GET /primary
          http-check expect status 200
          default-server %5$s on-marked-down shutdown-sessions
        """
            .formatted(
                name,
                site.address(),
                port,
                way.terminates() ? " ssl crt " + site.certificate("node.pem") : "",
                way.tuned()
                    ? "inter 1s fastinter 1s downinter 1s fall 2 rise 1"
                    : "inter 3s fall 3 rise 2",
                way.tuned() ? "  option nolinger" : ""));
    for (int i = 0; i < servers.size(); i++) {
      section.append(
          "  server pg-%d %s:%d check port %d%n"
              .formatted(i + 1, patroni.address(), servers.get(i), patroni.port(i)));
    }
    return section.append('\n').toString();
  }
}
