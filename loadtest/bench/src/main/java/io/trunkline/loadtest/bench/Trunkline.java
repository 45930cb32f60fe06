package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The daemon with its own launcher and defaults; all that is added is the JVM's GC log. */
final class Trunkline {
  private static final Duration READY = Duration.ofSeconds(30);

  private Trunkline() {}

  static Contender open(Site site, Way way) throws IOException {
    Path home = site.home(way);
    int postgres = Ports.free();
    int fake = Ports.free();
    Path file =
        Files.writeString(
            home.resolve("trunkline.yaml"),
            """
            node: bench
            clusters:
            %s%slisteners:
            %s%sadmin: {bind: "127.0.0.1:%d", socket: %s}
            state_dir: %s
            drain_timeout: 0s
            """
                .formatted(
                    cluster("postgres", site.postgres(), way),
                    cluster("fake", site.fake(), way),
                    listener(site, way, "postgres", postgres),
                    listener(site, way, "fake", fake),
                    Ports.free(),
                    home.resolve("admin.sock"),
                    home));
    List<String> command = new ArrayList<>(site.prefix());
    command.addAll(List.of(site.trunkline().toString(), "run", "-c", file.toString()));
    Path log = home.resolve(GcPauses.LOG);
    Daemon daemon =
        Daemon.start(
            new Daemon.Launch(
                home.resolve("log"),
                command,
                Map.of("TRUNKLINE_JAVA_OPTS", "-Xlog:gc:file=" + log),
                site.address(),
                List.of(postgres, fake)));
    Contender open = new Contender(way, site.address(), postgres, fake, Optional.of(daemon));
    // It listens before it knows the primary, and serves before it is ready.
    try {
      SessionProbe.firstAnswer(open);
      Await.until("daemon_ready in the log", READY, () -> daemon.says("daemon_ready"));
      return open;
    } catch (LabException e) {
      open.close();
      throw new LabException("%s%n%s".formatted(e.getMessage(), daemon.log()), e);
    }
  }

  private static String cluster(String name, StubPatroni patroni, Way way) {
    String hosts =
        IntStream.range(0, patroni.members().size())
            .mapToObj(i -> "\"%s:%d\"".formatted(patroni.address(), patroni.port(i)))
            .collect(Collectors.joining(", "));
    // PostgreSQL asks for no password here, so that nothing is ever asked as that user.
    String auth = way.keeps() ? ", auth: {user: nobody, password: none, insecure: true}" : "";
    return "  - {name: %s, scope: %s, patroni: {hosts: [%s]}%s}%n"
        .formatted(name, StubPatroni.SCOPE, hosts, auth);
  }

  private static String listener(Site site, Way way, String name, int port) {
    String follow = way.unread() ? ", follow_messages: false" : "";
    String keep = way.keeps() ? ", keep_sessions: always" : "";
    String tls =
        way.terminates()
            ? ", tls: {mode: terminate, cert: %s, key: %s}"
                .formatted(site.certificate("node.crt"), site.certificate("node.key"))
            : "";
    return "  - {name: %s, bind: \"%s:%d\", cluster: %1$s, route: primary%s%s%s}%n"
        .formatted(name, site.address(), port, follow, keep, tls);
  }
}
