package io.trunkline.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.invariant.Violations.Violation;
import io.trunkline.simulation.scenario.KnownFault;
import io.trunkline.simulation.scenario.Plan;
import io.trunkline.simulation.scenario.Simulation;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation can fail: each fault that is put back is found within a number of seeds. */
class KnownFaultsTest {
  @ParameterizedTest
  @CsvSource({
    "MARK_NOT_WRITTEN, NOTHING_TO_SUPERSEDED, 45, 6",
    "REST_ALONE, NOTHING_TO_SUPERSEDED, 1, 8",
    "LEASE_RENEWED_LATE, ONE_LEASE_HOLDER, 1, 5",
    "READER_NOT_WOKEN, READERS_DEPART, 1, 12",
    "FENCED_LATE, AS_DECIDED, 1, 6",
  })
  void aFaultIsFound(KnownFault fault, Promise promise, long first, int seeds) {
    List<Promise> broken = new ArrayList<>();
    for (long seed = first; seed < first + seeds && !broken.contains(promise); seed++) {
      new Simulation(Plan.of(seed), fault, false)
          .run()
          .violation()
          .map(Violation::promise)
          .ifPresent(broken::add);
    }
    assertThat(broken).contains(promise);
  }
}
