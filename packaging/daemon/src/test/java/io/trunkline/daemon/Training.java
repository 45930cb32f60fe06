package io.trunkline.daemon;

import io.trunkline.config.Configs;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A short life of the daemon that the package's AOT cache is made from: it sees a cluster through
 * Patroni, tries etcd, warms up (the cache has the profiles that the compilers go by, JEP 515),
 * answers {@code trunkline status}, and is stopped. {@code Training FILE}, with the system property
 * {@code trunkline.home}, leaves in that file what the runtime has recorded (JEP 483 calls it the
 * configuration of the cache).
 */
public final class Training {
  private static final Duration WARM_UP = Duration.ofSeconds(30);

  /** More than the warm-up takes at most: beside clients, on a machine that is busy (ADR 26). */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private Training() {}

  /** Fails unless the daemon did all of it. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("trunkline-training-");
    Map<String, String> recording =
        Map.of(
            "TRUNKLINE_JAVA_OPTS",
            "-XX:AOTMode=record -XX:AOTConfiguration=" + args[0] + " -Xlog:aot=error");
    try (FakePrimary primary = new FakePrimary()) {
      String config = config(directory, primary).toString();
      try (DaemonRun daemon = new DaemonRun(directory, recording, "run", "-c", config)) {
        awaitLog(daemon, "to=open(pg-1)");
        awaitLog(daemon, "dcs_lost cluster=other");
        awaitLog(daemon, "daemon_warmed_up");
        awaitLog(daemon, "daemon_ready");
        check("status", new DaemonRun(directory, Map.of(), "status", "-c", config));
        daemon.terminate();
        check("run", daemon);
      }
    } finally {
      clear(directory);
    }
  }

  /** On a machine that builds other things as well a recording JVM is slow. */
  private static void awaitLog(DaemonRun daemon, String text) throws Exception {
    Await.until(text + " in the log", PATIENCE, () -> daemon.err().contains(text));
  }

  private static Path config(Path directory, FakePrimary primary) throws IOException {
    return Files.writeString(
        directory.resolve("trunkline.yaml"),
        """
        clusters:
          - {scope: demo, patroni: {hosts: ["%s"]}}
          - {scope: other, etcd: {hosts: ["127.0.0.1:1"]}}
        listeners:
          - {name: write, cluster: demo, bind: "127.0.0.1:0", route: primary}
          - {name: read, cluster: demo, bind: "127.0.0.1:0", route: replica, fallback: primary}
          - name: tls
            cluster: demo
            bind: "127.0.0.1:0"
            route: primary
            tls: {mode: terminate, cert: "%s", key: "%s"}
        admin: {bind: "127.0.0.1:0", socket: "%s"}
        state_dir: "%s"
        drain_timeout: 1s
        warm_up: %ds
        """
            .formatted(
                primary.url(),
                Configs.pem("rsa.crt", directory),
                Configs.pem("rsa.key", directory),
                directory.resolve("admin.sock"),
                directory,
                WARM_UP.toSeconds()));
  }

  private static void check(String what, DaemonRun run) throws Exception {
    int code = run.exitCode(PATIENCE);
    if (code != 0) {
      throw new IllegalStateException(what + " exited with " + code + ": " + run.err());
    }
  }

  private static void clear(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
