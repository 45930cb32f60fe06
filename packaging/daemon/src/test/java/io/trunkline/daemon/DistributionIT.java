package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.UnixHttp;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn package} made, started as a process the way an administrator would. */
@Timeout(90)
class DistributionIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  @TempDir Path directory;

  private DaemonRun run(String... args) throws IOException {
    return new DaemonRun(directory, Map.of(), args);
  }

  @Test
  void statusAsksTheDaemon() throws Exception {
    String config = SampleConfig.write(directory).toString();
    Path socket = directory.resolve("admin.sock");
    try (DaemonRun daemon = run("run", "-c", config)) {
      daemon.awaitLog("INFO daemon_ready listeners=\"write 127.0.0.1:");
      assertThat(UnixHttp.exchange(socket, "GET", "/readyz")).startsWith("HTTP/1.1 200");
      DaemonRun status = run("status", "-c", config);
      assertThat(status.exitCode(SOON)).isZero();
      assertThat(status.out()).contains("cluster main (scope demo)", "writes are held");
      DaemonRun json = run("status", "--json", "--socket", socket.toString());
      assertThat(json.exitCode(SOON)).isZero();
      assertThat(json.out()).startsWith("{\"node\":\"proxy-01\"");
      assertThat(run("cluster", "accept", "-c", config, "main").exitCode(SOON)).isZero();
      DaemonRun other = run("cluster", "accept", "-c", config, "other");
      assertThat(other.exitCode(SOON)).isEqualTo(1);
      assertThat(other.err())
          .isEqualTo("trunkline: cluster other: no cluster of that name is configured\n");
    }
  }

  /** In a network of its own, where no other daemon of this machine is seen. */
  @Test
  @Timeout(240)
  void theDaemonThatRunsIsFoundWhateverItWasStartedWith() throws Exception {
    Path one = SampleConfig.write(Files.createDirectory(directory.resolve("one")));
    Path two = SampleConfig.write(Files.createDirectory(directory.resolve("two")));
    String script =
        """
        ip link set lo up
        start() { cd "$(dirname "$1")"; "$trunkline" run -c trunkline.yaml 2>log & }
        seen() { for _ in $(seq 300); do grep -q daemon_ready log && return; sleep 0.1; done; }
        trap 'kill $(jobs -p); wait' EXIT
        "$trunkline" status; echo "none: $?"
        start "$1"; seen
        "$trunkline" status; echo "status: $?"
        "$trunkline" drain; echo "drain: $?"
        "$trunkline" undrain --json; echo "undrain: $?"
        "$trunkline" sessions --json; echo "sessions: $?"
        "$trunkline" reload; echo "reload: $?"
        start "$2"; seen
        "$trunkline" status; echo "two: $?"
        "$trunkline" status --json --socket "${1%/*}/admin.sock"; echo "named: $?"
        """;
    Path told = directory.resolve("told");
    Process shell =
        new ProcessBuilder(
                "unshare",
                "--net",
                "env",
                "trunkline=" + DaemonRun.LAUNCHER,
                "bash",
                "-c",
                script,
                "bash",
                one.toString(),
                two.toString())
            .redirectErrorStream(true)
            .redirectOutput(told.toFile())
            .start();
    assertThat(shell.waitFor(200, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(told))
        .contains(
            "none: 69",
            "cluster main (scope demo)",
            "status: 0",
            "drained: no new sessions",
            "drain: 0",
            "undrain: 0",
            "\"matching\":0",
            "sessions: 0",
            "reload: 0",
            "trunkline: several daemons run here; select one with --socket: %s, %s"
                .formatted(one.resolveSibling("admin.sock"), two.resolveSibling("admin.sock")),
            "two: 69",
            "{\"node\":\"proxy-01\"",
            "named: 0");
  }

  @Test
  void aWatchedStatusOutlivesTheDaemonAndGivesTheTerminalBack() throws Exception {
    String config = SampleConfig.write(directory).toString();
    String watch = DaemonRun.LAUNCHER + " status --watch -c " + config;
    try (TerminalRun terminal = new TerminalRun(Map.of("NO_COLOR", "1"), watch)) {
      terminal.awaitAfter(0, "is not reachable");
      try (DaemonRun daemon = run("run", "-c", config)) {
        terminal.awaitAfter(0, "cluster main (scope demo)");
        daemon.terminate();
        assertThat(daemon.exitCode(SOON)).isZero();
      }
      int mark = terminal.screen().length();
      terminal.awaitAfter(mark, "is not reachable");
      try (DaemonRun _ = run("run", "-c", config)) {
        terminal.awaitAfter(mark, "cluster main (scope demo)");
      }
      assertThat(terminal.interrupt())
          .startsWith("\u001b[?1049h")
          .endsWith("\u001b[?7h\u001b[?25h\u001b[?1049l")
          .doesNotContainPattern("\u001b\\[\\d+(;\\d+)*m");
    }
    try (TerminalRun coloured = new TerminalRun(Map.of(), watch.replace(" --watch", " --help"))) {
      Await.until(() -> coloured.screen().contains("Exit codes"));
      assertThat(coloured.screen()).contains("\u001b[1m");
    }
  }

  @Test
  void aTakenPortIsOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Path config = SampleConfig.write(directory, address, "127.0.0.1:0");
      DaemonRun daemon = run("run", "-c", config.toString());
      assertThat(daemon.exitCode(SOON)).isEqualTo(1);
      assertThat(daemon.err().lines().filter(line -> line.contains("ERROR")))
          .singleElement()
          .asString()
          .contains("start_failed why=\"listener write: cannot bind " + address);
    }
  }

  @Test
  void badConfigurationIs78() throws Exception {
    Path config = Files.writeString(directory.resolve("bad.yaml"), "nodes: x\n");
    DaemonRun daemon = run("run", "-c", config.toString());
    assertThat(daemon.exitCode(SOON)).isEqualTo(78);
    assertThat(daemon.err()).contains(config + ":1:1: nodes: ");
  }

  @Test
  void theLauncherSaysWhichJavaIsMissing() throws Exception {
    Map<String, String> environment = Map.of("TRUNKLINE_JAVA_HOME", directory.toString());
    DaemonRun version = new DaemonRun(directory, environment, "version");
    assertThat(version.exitCode(SOON)).isEqualTo(1);
    assertThat(version.err())
        .isEqualTo(
            "trunkline: TRUNKLINE_JAVA_HOME is %s, but there is no bin/java in it\n"
                .formatted(directory));
  }

  @Test
  void itCanBeCalledThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("tl"), DaemonRun.LAUNCHER);
    Process process =
        new ProcessBuilder(link.toString(), "version").redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).startsWith("trunkline ");
    assertThat(process.waitFor()).isZero();
  }
}
