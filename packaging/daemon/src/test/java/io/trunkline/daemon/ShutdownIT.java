package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How the packaged daemon ends: idle, with a session, and in a hurry. */
@Timeout(90)
class ShutdownIT {
  private static final byte[] STARTUP = {0, 0, 0, 16, 0, 3, 0, 0, 'u', 's', 'e', 'r', 0, 'a', 0, 0};

  @TempDir Path directory;
  private FakePrimary primary;
  private DaemonRun daemon;

  @BeforeEach
  void start() throws Exception {
    primary = new FakePrimary();
    Path config = SampleConfig.write(directory);
    Files.writeString(
        config, Files.readString(config).replace("http://127.0.0.1:1", primary.url()));
    daemon = new DaemonRun(directory, Map.of(), "run", "-c", config.toString());
    daemon.awaitLog("daemon_ready");
    daemon.awaitLog("to=open(pg-1)");
  }

  @AfterEach
  void end() throws IOException {
    daemon.close();
    primary.close();
  }

  private Socket session() throws Exception {
    Matcher bound = Pattern.compile("write 127.0.0.1:(\\d+)").matcher(daemon.err());
    assertThat(bound.find()).isTrue();
    Socket client = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(bound.group(1)));
    client.getOutputStream().write(STARTUP);
    Await.until(() -> primary.sessions() == 1);
    return client;
  }

  @Test
  void idleItEndsAtOnceWithZero() throws Exception {
    daemon.terminate();
    assertThat(daemon.exitCode(Duration.ofSeconds(10))).isZero();
    assertThat(daemon.err())
        .contains("drain_started signal=SIGTERM timeout_ms=2000")
        .containsSubsequence("drain_finished", "daemon_stopped");
    assertThat(daemon.out()).isEmpty();
    assertThat(directory.resolve("admin.sock")).doesNotExist();
  }

  @Test
  void aSessionMayGoOnForTheDrainTimeout() throws Exception {
    try (Socket _ = session()) {
      long begun = System.nanoTime();
      daemon.terminate();
      assertThat(daemon.exitCode(Duration.ofSeconds(15))).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .isGreaterThan(Duration.ofMillis(1_900));
      assertThat(daemon.err()).contains("drain_finished");
    }
  }

  @Test
  void aSecondSignalEndsItAtOnce() throws Exception {
    Path config = directory.resolve("trunkline.yaml");
    daemon.close();
    Files.writeString(config, Files.readString(config).replace("timeout: 2s", "timeout: 60s"));
    daemon = new DaemonRun(directory, Map.of(), "run", "-c", config.toString());
    daemon.awaitLog("to=open(pg-1)");
    daemon.awaitLog("daemon_ready");
    try (Socket _ = session()) {
      daemon.terminate();
      daemon.awaitLog("drain_started");
      daemon.terminate();
      assertThat(daemon.exitCode(Duration.ofSeconds(12))).isEqualTo(1);
      assertThat(daemon.err()).contains("drain_cut_short signal=SIGTERM");
    }
  }
}
