package io.trunkline.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * How large the package's tree is, how soon its daemon is ready, and how much memory it has when
 * idle. {@code Figures RUNS}, with the system property {@code trunkline.home}. Ready is what
 * systemd is told: every listener is bound and the first view of the cluster is in, here through
 * Patroni's REST API of a fake member.
 */
public final class Figures {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Figures() {}

  /** Prints a line for each figure. */
  public static void main(String[] args) throws Exception {
    int runs = Integer.parseInt(args[0]);
    Path home = DaemonRun.LAUNCHER.getParent().getParent();
    System.out.printf("measured: installed %.1f MB%n", size(home) / 1e6);
    for (String part : List.of("runtime", "lib", "lib/trunkline.aot", "native")) {
      System.out.printf("measured:   of that %s %.1f MB%n", part, size(home.resolve(part)) / 1e6);
    }
    List<Long> ready = new ArrayList<>();
    List<Long> status = new ArrayList<>();
    List<Long> resident = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      measure(ready, status, resident);
    }
    report("ready after exec", "ms", ready);
    report("trunkline status", "ms", status);
    report("resident, idle for " + IDLE.toSeconds() + " s", "MB", resident);
  }

  private static void measure(List<Long> ready, List<Long> status, List<Long> resident)
      throws Exception {
    Path directory = Files.createTempDirectory("trunkline-figures-");
    try (FakePrimary primary = new FakePrimary()) {
      Path config = SampleConfig.write(directory);
      Files.writeString(
          config, Files.readString(config).replace("http://127.0.0.1:1", primary.url()));
      long begun = System.nanoTime();
      try (DaemonRun daemon = new DaemonRun(directory, Map.of(), "run", "-c", config.toString())) {
        while (!daemon.err().contains("daemon_ready")) {
          check(System.nanoTime() - begun < PATIENCE.toNanos(), daemon.err());
          Thread.sleep(5);
        }
        ready.add(millisSince(begun));
        check(!daemon.err().contains("cluster_not_seen_yet"), daemon.err());
        Thread.sleep(IDLE);
        resident.add(daemon.residentBytes() / 1_000_000);
        long asked = System.nanoTime();
        DaemonRun asking = new DaemonRun(directory, Map.of(), "status", "-c", config.toString());
        check(asking.exitCode(PATIENCE) == 0, asking.err());
        status.add(millisSince(asked));
      }
    }
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static long millisSince(long begun) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
  }

  private static void report(String what, String unit, List<Long> values) {
    List<Long> sorted = values.stream().sorted().toList();
    System.out.printf(
        "measured: %s: median %d %s, %d to %d, %d runs%n",
        what,
        sorted.get(sorted.size() / 2),
        unit,
        sorted.getFirst(),
        sorted.getLast(),
        sorted.size());
  }

  private static long size(Path tree) throws IOException {
    try (Stream<Path> files = Files.walk(tree)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
