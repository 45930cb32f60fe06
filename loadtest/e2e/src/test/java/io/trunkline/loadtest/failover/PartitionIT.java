package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The old primary lives on somewhere, with some of us. */
@ExtendWith(SharedLab.class)
class PartitionIT {
  private static final int COMMITS_PER_SECOND = 50;

  @Test
  void theSmallSideStopsCommittingLongBeforeTheOtherSideHasAPrimary(Lab lab) {
    Trial trial = Trial.run(Scenario.PRIMARY_AND_PROXY_ISOLATED, lab, lab.proxy(1));
    assertThat(trial.writes().supersededCommits()).as("%s", trial.writes()).isZero();
    assertThat(trial.writes().lost())
        .as("acknowledged, then lost: at most the grace's worth: %s", trial.writes())
        .isLessThan(5 * COMMITS_PER_SECOND);
  }

  @Test
  void aLeaderKeyThatGoesBackToAnOldTimelineIsRefusedUntilAnOperatorAccepts(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    ProxyNode proxy = lab.proxy(1);
    Member old = lab.primary();
    old.pause(Service.PATRONI);
    Await.until(
        "another primary",
        Duration.ofSeconds(60),
        () -> opensTo(proxy, m -> !m.equals(old.name())));
    String name = "regression-" + System.nanoTime();
    try (Writer writer = Writer.start(name, lab.target(proxy, 5000))) {
      Expect.sleep(Duration.ofSeconds(1));
      lab.patroni().putLeaderKey(old);
      old.resume(Service.PATRONI);
      Await.until(
          "the regression is seen",
          Duration.ofSeconds(20),
          () -> Expect.write(proxy).path("reason").asText().equals("timeline_regression"));
      Expect.sleep(Duration.ofSeconds(3));
      assertThat(Expect.write(proxy).path("state").asText()).isEqualTo("holding");
      assertThat(writer.samples())
          .as("nobody commits on the old timeline")
          .noneMatch(sample -> sample.acknowledged() && old.address().equals(sample.server()));
      lab.proxies().forEach(PartitionIT::accept);
      Await.until(
          "writes go where the operator says",
          Duration.ofSeconds(10),
          () -> opensTo(proxy, m -> m.equals(old.name())));
    }
  }

  /** Every proxy has a mark of its own, so an operator tells each of them. */
  private static void accept(ProxyNode proxy) {
    proxy.exec(
        "env",
        "TRUNKLINE_JAVA_HOME=/opt/jdk",
        "/opt/trunkline/bin/trunkline",
        "cluster",
        "accept",
        "lab");
  }

  private static boolean opensTo(ProxyNode proxy, Predicate<String> member) {
    JsonNode write = Expect.write(proxy);
    return write.path("state").asText().equals("open")
        && member.test(write.path("target").path("member").asText());
  }
}
