package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.admin.UnixHttp;
import io.trunkline.routing.Event;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class DaemonTest {
  @TempDir Path directory;
  private final ScriptedDaemon around = new ScriptedDaemon();
  private final SampleCluster cluster = around.cluster;
  private final ScriptedClusters sources = around.sources;
  private final ScriptedVips vips = around.vips;
  private final List<Event> log = around.log;

  private String ask(String path) throws IOException {
    return UnixHttp.exchange(directory.resolve("admin.sock"), "GET", path);
  }

  @Test
  void fromStartToStop() throws Exception {
    try (Daemon daemon = around.of(SampleConfig.write(directory))) {
      daemon.start();
      assertThat(sources.started).isTrue();
      assertThat(ask("/readyz")).startsWith("HTTP/1.1 503").contains("starting");
      assertThat(ask("/livez")).startsWith("HTTP/1.1 200");
      assertThat(daemon.seen()).isNotDone();

      sources.see(cluster.view());
      assertThat(daemon.seen()).isDone();
      daemon.ready();
      assertThat(ask("/readyz")).startsWith("HTTP/1.1 200");
      assertThat(ask("/api/v1/status")).contains("\"phase\":\"serving\"", "\"member\":\"pg-1\"");
      assertThat(ask("/api/v1/events")).contains("daemon_ready", "write_route_changed");

      daemon.drain().get(5, TimeUnit.SECONDS);
      assertThat(ask("/readyz")).startsWith("HTTP/1.1 503").contains("draining until");
    }
    assertThat(sources.closed).isTrue();
    assertThat(directory.resolve("admin.sock")).doesNotExist();
    assertThat(log).extracting(Event::label).contains("daemon_ready", "write_route_changed");
    assertThat(vips.calls).as("there is none in the configuration").isEmpty();
  }

  @Test
  void vipsComeLastAndGoFirst() throws Exception {
    try (Daemon daemon = around.of(SampleConfig.writeWithVip(directory))) {
      daemon.start();
      sources.see(cluster.accepts("pg-1").view());
      daemon.ready();
      assertThat(vips.calls).containsExactly("open", "start", "main true: this node serves");
      assertThat(ask("/api/v1/status")).contains("\"vips\":[{\"name\":\"main\"");

      CompletableFuture<Void> drained = daemon.drain();
      assertThat(vips.calls).last().isEqualTo("release SHUTDOWN");
      assertThat(ask("/api/v1/status")).as("still serving").contains("\"bound\":\"127.0.0.1:");
      assertThat(drained).isNotDone();
      vips.released.complete(null);
      drained.get(5, TimeUnit.SECONDS);
      assertThat(ask("/api/v1/status")).doesNotContain("\"bound\":\"127.0.0.1:");
    }
    assertThat(vips.calls).last().isEqualTo("close");
  }

  @Test
  void signsOfLifeHaveComeThroughTheSessionLoops() throws Exception {
    try (Daemon daemon = around.of(SampleConfig.writeWithVip(directory))) {
      daemon.start();
      for (int seen = 1; seen <= 3; seen++) {
        sources.see(cluster.view());
        int least = seen;
        Await.until(() -> vips.heartbeats.get() >= least);
      }
    }
  }

  @Test
  void aVipThatCannotStartStopsTheDaemon() throws IOException {
    vips.missing = "this process lacks CAP_NET_RAW";
    try (Daemon daemon = around.of(SampleConfig.writeWithVip(directory))) {
      assertThatThrownBy(daemon::start)
          .isInstanceOf(IOException.class)
          .hasMessage("VIPs: this process lacks CAP_NET_RAW");
    }
    assertThat(sources.started).isFalse();
  }

  @Test
  void aClusterIsAcceptedThroughTheSocket() throws IOException {
    try (Daemon daemon = around.of(SampleConfig.write(directory))) {
      daemon.start();
      Path socket = directory.resolve("admin.sock");
      assertThat(UnixHttp.exchange(socket, "POST", "/api/v1/clusters/main/accept"))
          .startsWith("HTTP/1.1 200");
      assertThat(sources.accepted).hasValue(1);
      assertThat(log).extracting(Event::label).contains("timeline_accepted");
    }
  }

  @Test
  void sessionsAreEndedThroughTheSocket() throws IOException {
    try (Daemon daemon = around.of(SampleConfig.write(directory))) {
      daemon.start();
      assertThat(ask("/api/v1/sessions")).contains("\"matching\":0,\"left_out\":0,\"sessions\":[]");
      assertThat(
              UnixHttp.exchange(
                  directory.resolve("admin.sock"), "POST", "/api/v1/sessions/end?user=app"))
          .contains("{\"ended\":0}");
      assertThat(log)
          .filteredOn(event -> event.label().equals("sessions_ended"))
          .singleElement()
          .satisfies(
              event ->
                  assertThat(event.fields())
                      .containsEntry("reason", "ended_by_operator")
                      .containsEntry("count", "0")
                      .containsEntry("filter", "user=app"));
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      try (Daemon daemon = around.of(SampleConfig.write(directory, address, "127.0.0.1:0"))) {
        assertThatThrownBy(daemon::start)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("listener write: cannot bind " + address);
      }
      try (Daemon daemon = around.of(SampleConfig.write(directory, "127.0.0.1:0", address))) {
        assertThatThrownBy(daemon::start)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("cannot bind the admin endpoint to " + address);
      }
    }
    assertThat(sources.started).isFalse();
    assertThat(directory.resolve("admin.sock")).doesNotExist();
  }

  @Test
  void aSecondDaemonDoesNotTakeTheSocketAway() throws IOException {
    Path config = SampleConfig.write(directory);
    try (Daemon first = around.of(config);
        Daemon second = around.of(config)) {
      first.start();
      assertThatThrownBy(second::start).hasMessageContaining("another trunkline answers there");
      assertThat(ask("/livez")).startsWith("HTTP/1.1 200");
      assertThat(Files.exists(directory.resolve("admin.sock"))).isTrue();
    }
  }
}
