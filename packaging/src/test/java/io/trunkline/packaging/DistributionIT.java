package io.trunkline.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.packaging.admin.UnixHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code mvn package} made, started as a process the way an administrator would. */
@Timeout(60)
class DistributionIT {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("trunkline.home"), "bin", "trunkline");

  @TempDir Path directory;
  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void end() {
    processes.forEach(Process::destroyForcibly);
  }

  private Process start(Map<String, String> environment, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
    command.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  private int run(String... args) throws Exception {
    return exitCode(start(Map.of(), args), Duration.ofSeconds(20));
  }

  private static int exitCode(Process process, Duration longest) throws InterruptedException {
    assertThat(process.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
    return process.exitValue();
  }

  private String printed(String stream) throws IOException {
    return Files.readString(directory.resolve(stream));
  }

  private void awaitLog(String text) throws Exception {
    for (int i = 0; i < 300 && !printed("err").contains(text); i++) {
      Thread.sleep(50);
    }
    assertThat(printed("err")).contains(text);
  }

  @Test
  void sigtermEndsItInTimeWithZero() throws Exception {
    Path config = SampleConfig.write(directory);
    Process daemon = start(Map.of(), "run", "-c", config.toString());
    awaitLog("INFO daemon_ready listeners=\"write 127.0.0.1:");
    Path socket = directory.resolve("admin.sock");
    assertThat(UnixHttp.exchange(socket, "GET", "/readyz")).startsWith("HTTP/1.1 200");
    daemon.destroy();
    assertThat(exitCode(daemon, Duration.ofSeconds(5))).isZero();
    assertThat(printed("err"))
        .contains("drain_started signal=SIGTERM", "daemon_stopped drained=true");
    assertThat(printed("out")).isEmpty();
    assertThat(socket).doesNotExist();
  }

  @Test
  void statusAsksTheDaemon() throws Exception {
    Path config = SampleConfig.write(directory);
    start(Map.of(), "run", "-c", config.toString());
    awaitLog("daemon_ready");
    assertThat(run("status", "-c", config.toString())).isZero();
    assertThat(printed("out")).contains("cluster main (scope demo)", "writes wait");
    assertThat(run("status", "--json", "--socket", directory.resolve("admin.sock").toString()))
        .isZero();
    assertThat(printed("out")).startsWith("{\"node\":\"proxy-01\"");
    assertThat(run("cluster", "accept", "-c", config.toString(), "main")).isZero();
    assertThat(run("cluster", "accept", "-c", config.toString(), "other")).isEqualTo(1);
    assertThat(printed("err"))
        .isEqualTo("trunkline: cluster other: no cluster of that name is configured\n");
  }

  @Test
  void aTakenPortIsOneClearLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Path config = SampleConfig.write(directory, address, "127.0.0.1:0");
      assertThat(run("run", "-c", config.toString())).isEqualTo(1);
      assertThat(printed("err").lines().filter(line -> line.contains("ERROR")))
          .singleElement()
          .asString()
          .contains("start_failed why=\"listener write: cannot bind " + address);
    }
  }

  @Test
  void badConfigurationIs78() throws Exception {
    Path config = Files.writeString(directory.resolve("bad.yaml"), "nodes: x\n");
    assertThat(run("run", "-c", config.toString())).isEqualTo(78);
    assertThat(printed("err")).contains(config + ":1:1: nodes: ");
  }

  @Test
  void theLauncherSaysWhichJavaIsMissing() throws Exception {
    Process process = start(Map.of("TRUNKLINE_JAVA_HOME", directory.toString()), "version");
    assertThat(exitCode(process, Duration.ofSeconds(5))).isEqualTo(1);
    assertThat(printed("err"))
        .isEqualTo(
            "trunkline: TRUNKLINE_JAVA_HOME is %s, but there is no bin/java in it\n"
                .formatted(directory));
  }

  @Test
  void itCanBeCalledThroughALink() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("tl"), LAUNCHER.toAbsolutePath());
    Process process =
        new ProcessBuilder(link.toString(), "version").redirectErrorStream(true).start();
    assertThat(process.inputReader().readLine()).startsWith("trunkline ");
    assertThat(exitCode(process, Duration.ofSeconds(5))).isZero();
  }
}
