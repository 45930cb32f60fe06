package io.trunkline.daemon;

import io.trunkline.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A short life of the daemon that the package's AOT cache is made from: it sees a cluster through
 * Patroni, tries etcd, relays sessions until what relays them is compiled (the cache has the
 * profiles that the compiler goes by, JEP 515), answers {@code trunkline status}, and is stopped.
 * {@code Training FILE}, with the system property {@code trunkline.home}, leaves in that file what
 * the runtime has recorded (JEP 483 calls it the configuration of the cache).
 */
public final class Training {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Training() {}

  /** Fails unless the daemon did all of it. */
  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory("trunkline-training-");
    Map<String, String> recording =
        Map.of(
            "TRUNKLINE_JAVA_OPTS",
            "-XX:AOTMode=record -XX:AOTConfiguration=" + args[0] + " -Xlog:aot=error");
    try (TrainingMember member = new TrainingMember();
        FakePrimary primary = new FakePrimary(OptionalInt.of(member.port()))) {
      String config = config(directory, primary).toString();
      try (DaemonRun daemon = new DaemonRun(directory, recording, "run", "-c", config)) {
        awaitLog(daemon, "to=open(pg-1)");
        awaitLog(daemon, "dcs_lost cluster=other");
        new TrainingLoad(writePort(daemon)).run();
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
        admin: {bind: "127.0.0.1:0", socket: "%s"}
        state_dir: "%s"
        drain_timeout: 1s
        """
            .formatted(primary.url(), directory.resolve("admin.sock"), directory));
  }

  private static int writePort(DaemonRun daemon) throws Exception {
    awaitLog(daemon, "daemon_ready");
    Matcher bound = Pattern.compile("write 127.0.0.1:(\\d+)").matcher(daemon.err());
    if (!bound.find()) {
      throw new IllegalStateException("no address of the write listener in " + daemon.err());
    }
    return Integer.parseInt(bound.group(1));
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
