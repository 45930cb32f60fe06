package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.cli.Cli;
import io.trunkline.daemon.cli.Console;
import io.trunkline.routing.Event;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Drain and undrain as an operator asks for them: from the command line to the VIPs. */
@Timeout(30)
class OperatorDrainTest {
  private static final String BOUND = "\"bound\":\"127.0.0.1:";

  @TempDir Path directory;
  private final ScriptedDaemon around = new ScriptedDaemon();
  private final SampleCluster cluster = around.cluster;
  private final ScriptedClusters sources = around.sources;
  private final ScriptedVips vips = around.vips;
  private final List<Event> log = around.log;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Daemon daemon;

  @BeforeEach
  void start() throws IOException {
    Path file = SampleConfig.writeWithVip(directory);
    daemon = around.of(file);
    daemon.start();
    sources.see(cluster.view());
  }

  @AfterEach
  void stop() {
    daemon.close();
  }

  private int trunkline(String... args) {
    return askingAt("admin.sock", args);
  }

  private int askingAt(String socket, String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    Console console =
        new Console(
            new PrintWriter(out), new PrintWriter(err), Map.of("SUDO_USER", "alice"), false);
    String[] all = new String[args.length + 2];
    System.arraycopy(args, 0, all, 0, args.length);
    all[args.length] = "--socket";
    all[args.length + 1] = directory.resolve(socket).toString();
    return new Cli(console).execute(all);
  }

  private String status() {
    assertThat(trunkline("status", "--json")).isZero();
    return out.toString();
  }

  @Test
  void aDrainedNodeHandsItsVipsOverAndThenTakesNoSessions() throws Exception {
    daemon.ready();
    assertThat(trunkline("drain")).as("%s", err).isZero();
    assertThat(out.toString())
        .isEqualToIgnoringNewLines(
            "drained: no new sessions, VIPs are handed over; 0 sessions go on");
    assertThat(vips.calls).last().isEqualTo("release DRAINED");
    assertThat(status())
        .contains(
            "\"phase\":\"drained\"",
            "\"ready\":false",
            "\"by\":\"alice\"",
            "\"since\":\"2026-11-21T10:00:00Z\"",
            BOUND);
    vips.released.complete(null);
    Await.until(() -> !status().contains(BOUND));
    sources.see(cluster.view());
    assertThat(vips.calls)
        .contains("main false: this node is drained or draining and takes no new sessions");

    assertThat(trunkline("drain")).isZero();
    assertThat(out.toString())
        .contains("drained already, by alice since 2026-11-21T10:00:00Z; 0 sessions go on");
    assertThat(vips.calls).containsOnlyOnce("release DRAINED");

    assertThat(trunkline("undrain")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("this node takes part again");
    assertThat(vips.calls).last().isEqualTo("resume main");
    assertThat(status()).contains("\"phase\":\"serving\"", "\"ready\":true", BOUND);
    assertThat(trunkline("undrain")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines("this node was not drained");
    assertThat(log).extracting(Event::label).containsOnlyOnce("node_drained", "node_undrained");
  }

  @Test
  void oneVipIsReleasedAndEverythingElseGoesOn() {
    daemon.ready();
    assertThat(trunkline("drain", "--vip", "main", "--json")).as("%s", err).isZero();
    assertThat(out.toString())
        .contains("\"changed\":true", "\"node\":false", "\"vips\":[\"main\"]");
    assertThat(vips.calls).last().isEqualTo("release main RELEASED");
    assertThat(trunkline("drain", "--vip", "main")).isZero();
    assertThat(out.toString()).contains("is kept away from this node already");
    assertThat(status()).contains("\"phase\":\"serving\"", "\"ready\":true");
    assertThat(trunkline("undrain", "--vip", "main")).isZero();
    assertThat(out.toString()).contains("VIP main takes part again");
    assertThat(vips.calls).last().isEqualTo("resume main");
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThat(trunkline("drain")).isEqualTo(1);
    assertThat(err.toString()).contains("the daemon is still starting");
    daemon.ready();
    assertThat(trunkline("drain", "--vip", "mian")).isEqualTo(1);
    assertThat(err.toString()).contains("this node has no VIP mian; it has main");
    assertThat(trunkline("drain")).isZero();
    assertThat(trunkline("undrain", "--vip", "main")).isEqualTo(1);
    assertThat(err.toString()).contains("the whole node is drained: use undrain without --vip");
    assertThat(askingAt("nobody.sock", "drain")).isEqualTo(69);
  }

  @Test
  void aDrainedNodeCanStop() throws Exception {
    daemon.ready();
    vips.released.complete(null);
    assertThat(trunkline("drain")).isZero();
    daemon.drain().get();
    assertThat(status()).contains("\"phase\":\"draining\"");
    assertThat(trunkline("undrain")).isZero();
    assertThat(out.toString()).contains("was not drained");
  }
}
