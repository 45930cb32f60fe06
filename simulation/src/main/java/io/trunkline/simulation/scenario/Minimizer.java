package io.trunkline.simulation.scenario;

import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.node.Wiring;
import java.util.ArrayList;
import java.util.List;

/** Finds a plan with fewer faults that breaks the same promise. */
public final class Minimizer {
  private final Wiring wiring;

  /**
   * @param wiring what of the nodes was replaced
   */
  public Minimizer(Wiring wiring) {
    this.wiring = wiring;
  }

  /** Leaves out one fault after the other, as long as that promise is still broken. */
  public Plan minimize(Plan failing, Promise promise) {
    Plan smallest = failing;
    boolean smaller = true;
    while (smaller) {
      smaller = false;
      for (int i = 0; i < smallest.faults().size() && !smaller; i++) {
        List<Fault> fewer = new ArrayList<>(smallest.faults());
        fewer.remove(i);
        Plan candidate = smallest.with(fewer);
        if (breaks(candidate, promise)) {
          smallest = candidate;
          smaller = true;
        }
      }
    }
    return smallest;
  }

  private boolean breaks(Plan plan, Promise promise) {
    return new Simulation(plan, wiring, false)
        .run()
        .violation()
        .filter(found -> found.promise() == promise)
        .isPresent();
  }
}
