package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.ScriptedSessions;
import io.trunkline.daemon.metrics.Metrics;
import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.daemon.status.StatusJson;
import io.trunkline.daemon.status.StatusReporter;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.Remark;
import io.trunkline.proxy.session.SessionState;
import io.trunkline.proxy.stats.CancelDrop;
import io.trunkline.proxy.stats.SessionEnd;
import io.trunkline.routing.ReadReason;
import io.trunkline.routing.SentinelAnswer;
import io.trunkline.routing.SentinelAnswer.Access;
import io.trunkline.routing.SentinelHealth;
import io.trunkline.routing.WriteReason;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.Reject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/cli.md names everything there is. */
class ManualTest {
  private static final Path MANUAL = Path.of("..", "..", "docs", "cli.md");

  @TempDir Path directory;
  private SampleNode node;

  @BeforeEach
  void observe() throws IOException {
    node =
        new SampleNode(SampleConfig.withVipIn(directory), watched())
            .observe()
            .vips(SampleVips.master());
  }

  private static SampleCluster watched() {
    SampleCluster cluster = SampleCluster.healthy();
    SentinelAnswer answer =
        new SentinelAnswer(cluster.now(), cluster.now(), Access.READ_WRITE, OptionalLong.of(7));
    return cluster.watched(
        "pg-1", new SentinelHealth(Optional.of(answer), Optional.empty(), Optional.empty()));
  }

  private static Set<String> found(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toSet());
  }

  @Test
  void noMetricThatThereIsNot() throws IOException {
    try (Metrics metrics = new Metrics(node.facts(), () -> 0)) {
      Set<String> told = found("(?m)^trunkline_\\w+", metrics.scrape());
      assertThat(told).containsAll(found("trunkline_\\w+", Files.readString(MANUAL)));
    }
  }

  @Test
  void everyReason() throws IOException {
    String manual = Files.readString(MANUAL);
    assertThat(WriteReason.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(Access.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(ReadReason.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(VipReason.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(Reject.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | "));
    assertThat(SessionEnd.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sqlState()));
  }

  @Test
  void everyStateOfASession() throws IOException {
    String manual = Files.readString(MANUAL);
    assertThat(SessionState.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(CancelDrop.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
  }

  @Test
  void everyKindOfRemarkOfAnImport() throws IOException {
    String manual = Files.readString(MANUAL);
    assertThat(Remark.Kind.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.label() + "` | " + it.sentence()));
    assertThat(Dialect.values())
        .allSatisfy(it -> assertThat(manual).contains("`" + it.usualName() + "`"));
  }

  @Test
  void everyKeyOfTheReports() throws IOException {
    String report =
        StatusJson.write(new StatusReporter(node.facts()).report())
            + StatusJson.write(SessionsReport.of(ScriptedSessions.list(), Instant.EPOCH));
    String manual = Files.readString(MANUAL);
    for (String key : found("(?<=[{,]\")[a-z_]+(?=\":)", report)) {
      assertThat(manual).as("docs/cli.md explains %s", key).containsPattern("\\b" + key + "\\b");
    }
  }
}
