package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.verdict.Verdict;
import java.time.Duration;

/** What must hold after any blow, and waiting for what must come. */
final class Expect {
  private Expect() {}

  /** Nothing acknowledged is lost, and nothing was committed on a superseded member. */
  static void safe(Trial trial) {
    Verdict writes = trial.writes();
    assertThat(writes.acknowledged()).as("%s", writes).isPositive();
    assertThat(writes.lost()).as("acknowledged commits lost: %s", writes).isZero();
    assertThat(writes.supersededCommits())
        .as("commits on a superseded member: %s", writes)
        .isZero();
  }

  /** No session ended and nothing failed. */
  static void unnoticed(Trial trial) {
    safe(trial);
    Verdict writes = trial.writes();
    assertThat(writes.errors()).as("%s", writes).isEmpty();
    assertThat(writes.unfinished()).as("%s", writes).isZero();
    assertThat(writes.sessions()).as("%s", writes).isEqualTo(1);
    assertThat(trial.reads()).allMatch(sample -> sample.acknowledged());
    assertThat(trial.reads().getLast().session()).as("the reader's sessions").isEqualTo(1);
  }

  /** Whoever came while there was no primary waited, and was then connected to a writable one. */
  static void nobodyRefused(Trial trial) {
    Verdict writes = trial.writes();
    assertThat(writes.connectionsRefused()).as("%s", writes).isZero();
    assertThat(writes.connectionsFailed()).as("%s", writes).isZero();
    assertThat(writes.readOnly()).as("%s", writes).isZero();
    assertThat(writes.unfinished()).as("%s", writes).isZero();
  }

  /** The write route of the lab's cluster, as that proxy believes it to be. */
  static JsonNode write(ProxyNode proxy) {
    return proxy.status().path("clusters").path(0).path("write");
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
