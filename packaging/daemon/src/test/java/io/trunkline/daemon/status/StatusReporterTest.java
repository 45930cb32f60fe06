package io.trunkline.daemon.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.trunkline.config.HostPort;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import io.trunkline.daemon.SampleVips;
import io.trunkline.proxy.backend.LoginStats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The schema is a contract: a difference to the golden files is a change of docs/cli.md. */
class StatusReporterTest {
  private static final ObjectMapper TREE = JsonMapper.builder().build();

  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy();

  private StatusReport report(boolean observed) throws IOException {
    SampleNode node = new SampleNode(SampleConfig.in(directory), cluster);
    if (observed) {
      node.observe();
    }
    return new StatusReporter(node.facts()).report();
  }

  private static void assertGolden(Object report, String golden) throws IOException {
    try (var expected = StatusReporterTest.class.getResourceAsStream(golden)) {
      String text =
          new String(Objects.requireNonNull(expected).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(pretty(StatusJson.write(report))).isEqualTo(pretty(text));
    }
  }

  private static String pretty(String json) throws JsonProcessingException {
    return TREE.readTree(json).toPrettyString();
  }

  @Test
  void healthy() throws IOException {
    cluster.after(Duration.ofMillis(1_500));
    assertGolden(report(true), "healthy.json");
  }

  @Test
  void everythingWrong() throws IOException {
    cluster
        .dies("pg-2")
        .regression("pg-1", 6)
        .problem("key /service/demo/config: not JSON")
        .after(Duration.ofSeconds(90));
    assertGolden(report(true), "troubled.json");
  }

  @Test
  void vips() throws IOException {
    SampleNode node = new SampleNode(SampleConfig.withVipIn(directory), cluster);
    node.vips(SampleVips.master(), SampleVips.aside());
    StatusReport report = new StatusReporter(node.facts()).report();
    assertGolden(report.vips(), "vips.json");
    assertThat(StatusJson.read(StatusJson.write(report), StatusReport.class)).isEqualTo(report);
  }

  @Test
  void nothingSeenYet() throws IOException {
    assertGolden(report(false), "unseen.json");
  }

  @Test
  void etcdLost() throws IOException {
    cluster.dcsLost("no quorum").after(Duration.ofSeconds(1));
    ClusterReport report = report(true).clusters().getFirst();
    assertThat(report.dcs())
        .isEqualTo(
            new ClusterReport.DcsReport(
                "lost", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z", "no quorum"));
  }

  private String whyWrites(SampleNode node) {
    ClusterReport report =
        new StatusReporter(node.observe().facts()).report().clusters().getFirst();
    return Objects.requireNonNull(report.write()).why();
  }

  @Test
  void anOpenRouteWhosePrimaryCannotBeConnectedTo() throws IOException {
    cluster.refuses("pg-1", SampleCluster.START);
    assertThat(whyWrites(new SampleNode(SampleConfig.in(directory), cluster)))
        .isEqualTo(
            "the member holds the leader key, and Patroni reports it as the running primary;"
                + " this node cannot connect to it: timed out");
  }

  @Test
  void clientsThatAreQueuedAtThePrimary() throws IOException {
    SampleNode node = new SampleNode(SampleConfig.in(directory), cluster);
    assertThat(whyWrites(node.logins(new LoginStats(12, 480, 12))))
        .endsWith("; 480 clients are queued there, 12 logins are in progress");
    assertThat(whyWrites(node.logins(new LoginStats(1, 1, 12))))
        .endsWith("; 1 client is queued there, 1 login is in progress");
  }

  @Test
  void aPrimaryWithoutThePoolerThatAListenerNeeds() throws IOException {
    Path file = SampleConfig.write(directory);
    Files.writeString(
        file,
        Files.readString(file)
            .replace("patroni: {hosts: [\"http://127.0.0.1:1\"]}", "etcd: {hosts: \"127.0.0.1:1\"}")
            .replace("route: primary}", "route: primary, target: proxy_url}"));
    SampleNode node = new SampleNode(SampleConfig.read(file), cluster);
    assertThat(reads(node)).containsExactly("write no_proxy_url", "read is_primary");
    cluster.pooler("pg-1", new HostPort("10.0.0.1", 6432));
    assertThat(reads(node)).containsExactly("write eligible", "read is_primary");
    assertThat(new StatusReporter(node.facts()).report().clusters().getFirst().members())
        .extracting(MemberReport::proxyAddress)
        .containsExactly("10.0.0.1:6432", null, null);
  }

  private static List<String> reads(SampleNode node) {
    return new StatusReporter(node.observe().facts())
        .report().clusters().getFirst().members().getFirst().reads().stream()
            .map(it -> it.listener() + " " + it.reason())
            .toList();
  }

  @Test
  void readsBackWhatItWrites() throws IOException {
    StatusReport report = report(true);
    assertThat(StatusJson.read(StatusJson.write(report), StatusReport.class)).isEqualTo(report);
  }
}
