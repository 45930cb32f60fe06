package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The primary goes, in every way a primary can go. In synchronous mode: without it the last commits
 * that a primary acknowledges before it dies can be lost with it, whatever stands before it.
 */
@ExtendWith(SharedLab.class)
class PrimaryIT {

  /** Generous: the figures are measured by {@code make failover}, not here. */
  private static final Duration PROXY_SHARE = Duration.ofSeconds(5);

  @BeforeEach
  void inSynchronousMode(Lab lab) {
    lab.patroni().synchronousMode();
  }

  @Test
  void aSwitchoverRefusesNobody(Lab lab) {
    Trial trial = Trial.run(Scenario.SWITCHOVER, lab, lab.proxy(1));
    Expect.safe(trial);
    Expect.nobodyRefused(trial);
    assertThat(trial.writes().errors().keySet()).isSubsetOf("57P01");
    assertThat(trial.writes().sessions()).isEqualTo(2);
    assertThat(trial.writes().proxyShare()).isLessThan(PROXY_SHARE);
  }

  @Test
  void aKilledPrimaryIsReplaced(Lab lab) {
    Trial trial = Trial.run(Scenario.PRIMARY_KILLED, lab, lab.proxy(1));
    Expect.safe(trial);
    assertThat(trial.writes().readOnly()).isZero();
    assertThat(trial.writes().proxyShare()).isLessThan(PROXY_SHARE);
  }

  @Test
  void aPrimaryThatVanishesWithoutAWordIsReplaced(Lab lab) {
    Trial trial = Trial.run(Scenario.PRIMARY_CUT_OFF, lab, lab.proxy(1));
    Expect.safe(trial);
    assertThat(trial.writes().readOnly()).isZero();
    assertThat(trial.writes().proxyShare()).isLessThan(PROXY_SHARE);
  }

  @Test
  void aPrimaryWhosePatroniIsFrozenLosesItsSessionsWhenAnotherHoldsTheKey(Lab lab) {
    Trial trial = Trial.run(Scenario.PATRONI_FROZEN, lab, lab.proxy(1));
    Expect.safe(trial);
    assertThat(trial.writes().proxyShare()).isLessThan(PROXY_SHARE);
  }

  @Test
  void aProxyThatStartsInTheMiddleNeverTakesAReplicaForThePrimary(Lab lab) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Member primary = lab.primary();
    try (Writer writer =
        Writer.start("restart-" + System.nanoTime(), lab.target(lab.proxy(1), 5000))) {
      Await.until("first commits", Duration.ofSeconds(10), () -> writer.samples().size() > 20);
      primary.kill9(Service.PATRONI);
      primary.kill9(Service.POSTGRES);
      Expect.sleep(Duration.ofSeconds(1));
      for (int i = 0; i < 4; i++) {
        lab.proxy(1).kill9(Service.TRUNKLINE);
        lab.proxy(1).start(Service.TRUNKLINE);
        Expect.sleep(Duration.ofSeconds(5));
      }
      Await.until(
          "commits on the new primary",
          Duration.ofSeconds(60),
          () ->
              writer.samples().stream()
                      .filter(s -> s.acknowledged() && !primary.address().equals(s.server()))
                      .count()
                  > 20);
      writer.stop();
      lab.heal();
      Verdict verdict = Verdict.of(writer, lab);
      assertThat(verdict.readOnly()).as("%s", verdict).isZero();
      assertThat(verdict.lost()).as("%s", verdict).isZero();
      assertThat(verdict.supersededCommits()).as("%s", verdict).isZero();
    }
  }
}
