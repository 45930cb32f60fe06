package io.trunkline.loadtest.soak;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A storm, and the calm after it.
 *
 * @param number from 1
 * @param faults in the order in which they begin
 */
record Round(int number, Duration storm, List<Fault> faults, Duration calm) {
  Round {
    faults = List.copyOf(faults);
  }

  @Override
  public String toString() {
    return "round %d: a storm of %d s, then %d s of calm\n"
            .formatted(number, storm.toSeconds(), calm.toSeconds())
        + faults.stream().map(fault -> "  " + fault + "\n").collect(Collectors.joining());
  }
}
