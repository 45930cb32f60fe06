package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The old primary lives on somewhere, with some of us. */
@ExtendWith(SharedLab.class)
class PartitionIT {
  private static final int COMMITS_PER_SECOND = 50;

  @Test
  void theSmallSideStopsCommittingLongBeforeTheOtherSideHasAPrimary(Lab lab) {
    Trial trial =
        Trial.run(Scenario.PRIMARY_AND_PROXY_ISOLATED, lab, lab.proxy(1), Duration.ofSeconds(35));
    assertThat(trial.writes().supersededCommits()).as("%s", trial.writes()).isZero();
    assertThat(trial.writes().lost())
        .as("acknowledged, then lost: at most the grace's worth: %s", trial.writes())
        .isLessThan(5 * COMMITS_PER_SECOND);
  }

  @Test
  void aLeaderKeyThatGoesBackToAnOldTimelineIsRefused(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member old = lab.primary();
    old.pause(Service.PATRONI);
    Expect.within(
        "another primary",
        Duration.ofSeconds(60),
        () ->
            Expect.write(lab.proxy(1)).path("state").asText().equals("open")
                && !Expect.write(lab.proxy(1))
                    .path("target")
                    .path("member")
                    .asText()
                    .equals(old.name()));
    String name = "regression-" + System.nanoTime();
    try (Writer writer = Writer.start(name, lab.target(lab.proxy(1), 5000))) {
      Expect.sleep(Duration.ofSeconds(1));
      old.resume(Service.PATRONI);
      Expect.sleep(Duration.ofSeconds(12));
      List<Sample> samples = writer.stop();
      assertThat(samples)
          .as("nobody commits on the old timeline")
          .noneMatch(sample -> sample.acknowledged() && old.address().equals(sample.server()));
    }
  }
}
