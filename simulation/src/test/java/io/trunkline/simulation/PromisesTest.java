package io.trunkline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulation.node.Wiring;
import io.trunkline.simulation.scenario.Outcome;
import io.trunkline.simulation.scenario.Plan;
import io.trunkline.simulation.scenario.Simulation;
import io.trunkline.simulation.story.Coverage;
import org.junit.jupiter.api.Test;

/** A sample of what {@code make simulate} runs. */
class PromisesTest {
  private static final int SEEDS = 12;

  @Test
  void everyPromiseIsKept() {
    Coverage coverage = new Coverage();
    for (long seed = 1; seed <= SEEDS; seed++) {
      Outcome outcome = new Simulation(Plan.of(seed), Wiring.RIGHT, false).run();
      assertThat(outcome.violation())
          .as("make simulate FIRST=%d SEEDS=1 tells the story", seed)
          .isEmpty();
      coverage.add(outcome.coverage());
    }
    assertThat(coverage.of("write_reason"))
        .containsKeys("NO_LEADER", "LEADER_NOT_WRITABLE", "LEADER_KEY_AND_REST", "OUT_OF_SIGHT");
    assertThat(coverage.of("vip_reason")).containsKeys("MASTER_SILENT", "LEASE_WON");
  }
}
