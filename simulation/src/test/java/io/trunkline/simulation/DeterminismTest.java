package io.trunkline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulation.node.Wiring;
import io.trunkline.simulation.scenario.Outcome;
import io.trunkline.simulation.scenario.Plan;
import io.trunkline.simulation.scenario.Simulation;
import org.junit.jupiter.api.Test;

/** The same seed is the same story. */
class DeterminismTest {
  @Test
  void aSeedIsAlwaysTheSameStory() {
    Outcome first = new Simulation(Plan.of(7), Wiring.RIGHT, true).run();
    Outcome second = new Simulation(Plan.of(7), Wiring.RIGHT, true).run();
    assertThat(first.story()).hasSizeGreaterThan(100);
    assertThat(String.join("\n", second.story())).isEqualTo(String.join("\n", first.story()));
    assertThat(second.steps()).isEqualTo(first.steps());
  }

  @Test
  void aStoryThatIsNotReadChangesNothing() {
    Outcome told = new Simulation(Plan.of(8), Wiring.RIGHT, true).run();
    Outcome untold = new Simulation(Plan.of(8), Wiring.RIGHT, false).run();
    assertThat(untold.steps()).isEqualTo(told.steps());
    assertThat(untold.commits()).isEqualTo(told.commits());
  }
}
