package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.admin.UnixHttp;
import io.trunkline.daemon.cli.Cli;
import io.trunkline.daemon.cli.Console;
import io.trunkline.routing.Event;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code trunkline reload}, by the command line against a daemon. */
@Timeout(30)
class ReloadTest {
  @TempDir Path directory;
  private final ScriptedDaemon around = new ScriptedDaemon();
  private final SampleCluster cluster = around.cluster;
  private final ScriptedClusters sources = around.sources;
  private final ScriptedVips vips = around.vips;
  private final List<Event> log = around.log;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path file;
  private Daemon daemon;

  @BeforeEach
  void start() throws IOException {
    file = SampleConfig.writeWithVip(directory);
    daemon = around.of(file);
    vips.released.complete(null);
    daemon.start();
    sources.see(cluster.view());
    daemon.ready();
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private void edit(String text, String replacement) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    Files.writeString(file, before.replace(text, replacement));
  }

  private int reload(String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Console console =
        new Console(new PrintWriter(out), new PrintWriter(err), Map.of("SUDO_USER", "eve"), false);
    String[] args = new String[3 + more.length];
    args[0] = "reload";
    args[1] = "--socket";
    args[2] = directory.resolve("admin.sock").toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return new Cli(console).execute(args);
  }

  private String status() throws IOException {
    return UnixHttp.exchange(directory.resolve("admin.sock"), "GET", "/api/v1/status");
  }

  private String metrics() throws IOException {
    return UnixHttp.exchange(directory.resolve("admin.sock"), "GET", "/metrics");
  }

  private List<String> events() {
    return log.stream().map(Event::label).toList();
  }

  @Test
  void whatHasChangedIsToldAndHolds() throws Exception {
    edit("max_lag: 16MB", "max_lag: 32MB");
    edit("drain_timeout: 2s", "drain_timeout: 1s");
    assertThat(reload()).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            reloaded:
              listeners[read].max_lag: 16MB -> 32MB
              drain_timeout: 2s -> 1s
            """);
    assertThat(daemon.config().drainTimeout()).hasSeconds(1);
    assertThat(events()).contains("reloaded");
    assertThat(reload()).isZero();
    assertThat(out.toString()).isEqualTo("reloaded: nothing has changed\n");
  }

  @Test
  void aBadFileIsRefusedInTheWordsOfCheck() throws Exception {
    edit("route: primary}", "rout: primary}");
    assertThat(reload()).isEqualTo(78);
    assertThat(err.toString())
        .contains(file + ":", "did you mean route?", "the daemon keeps its configuration");
    assertThat(events()).contains("reload_refused").doesNotContain("reloaded");
    assertThat(metrics()).contains("\ntrunkline_config_last_reload_successful 0.0");
    edit("rout: primary}", "route: primary}");
    assertThat(reload()).isZero();
    assertThat(metrics()).contains("\ntrunkline_config_last_reload_successful 1.0");
    assertThat(status()).contains("\"phase\":\"serving\"");
  }

  @Test
  void listenersComeAndGo() throws Exception {
    edit(
        "  - {name: read, bind: \"127.0.0.1:0\", route: replica, fallback: primary, max_lag: 16MB}",
        "  - {name: report, bind: \"127.0.0.1:0\", route: replica}");
    assertThat(reload("--json")).isZero();
    assertThat(out.toString())
        .contains("\"applied\":true", "listeners[read]: removed", "listeners[report]: added");
    assertThat(status()).contains("\"name\":\"report\"").doesNotContain("\"name\":\"read\"");
    assertThat(UnixHttp.exchange(directory.resolve("admin.sock"), "GET", "/metrics"))
        .contains("listener=\"report\"")
        .doesNotContain("listener=\"read\"");
  }

  @Test
  void whatCannotBeBoundLeavesEverythingAsItWas() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      edit(
          "{name: read, bind: \"127.0.0.1:0\"",
          "{name: read, bind: \"127.0.0.1:" + taken.getLocalPort() + "\"");
      assertThat(reload()).isEqualTo(1);
      assertThat(err.toString())
          .startsWith("trunkline: not reloaded: listener read: cannot bind 127.0.0.1:");
    }
    assertThat(status()).contains("\"name\":\"read\"", "\"phase\":\"serving\"");
    assertThat(events()).contains("reload_failed");
    assertThat(metrics()).contains("\ntrunkline_config_last_reload_successful 0.0");
  }

  @Test
  void anotherPriorityIsBidWithoutHandingTheAddressOver() throws Exception {
    vips.calls.clear();
    edit("addresses: [192.0.2.10/32]}", "addresses: [192.0.2.10/32], vrrp: {priority: 150}}");
    assertThat(reload()).isZero();
    assertThat(out.toString()).contains("vips[main].vrrp.priority: 100 -> 150");
    assertThat(vips.calls).containsExactly("main has priority 150");
  }

  @Test
  void anotherAddressIsTakenUpAfterTheOldOneWasHandedOver() throws Exception {
    vips.calls.clear();
    edit("192.0.2.10/32", "192.0.2.11/32");
    assertThat(reload()).isZero();
    assertThat(vips.calls).containsSubsequence("close", "open", "start");
  }

  @Test
  void vipsThatCannotBeHadLeaveEverythingAsItWas() throws Exception {
    edit("192.0.2.10/32", "192.0.2.11/32");
    edit("max_lag: 16MB", "max_lag: 32MB");
    vips.missingOnce = "no such interface";
    assertThat(reload()).isEqualTo(1);
    assertThat(err.toString()).contains("VIPs: no such interface");
    assertThat(daemon.config().vips().getFirst().addresses().getFirst().address())
        .isEqualTo(InetAddress.getByName("192.0.2.10"));
    assertThat(vips.calls).endsWith("start");
  }

  @Test
  void aClusterWhoseSettingsChangeIsLookedAtAfresh() throws Exception {
    edit("scope: demo", "scope: demo, hold_timeout: 3s".replace(", ", "\n    "));
    assertThat(reload()).isZero();
    assertThat(sources.opened.get()).isEqualTo(2);
    assertThat(sources.closed).isTrue();
    assertThat(status()).as("what was known holds").contains("\"member\":\"pg-1\"");
  }

  @Test
  void nothingIsKnownOfAClusterThatHasAnotherScope() throws Exception {
    edit("scope: demo", "scope: other");
    assertThat(reload()).isZero();
    assertThat(sources.opened.get()).isEqualTo(2);
    assertThat(status()).doesNotContain("\"member\":\"pg-1\"");
    sources.see(cluster.view());
    assertThat(status()).contains("\"member\":\"pg-1\"");
  }

  @Test
  void whatNeedsARestartIsSaid() throws Exception {
    edit("node: proxy-01", "node: proxy-02");
    assertThat(reload()).isZero();
    assertThat(out.toString()).endsWith("needs a restart: node\n");
    assertThat(events()).contains("restart_needed");
  }
}
