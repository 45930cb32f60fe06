package io.trunkline.simulation;

import io.trunkline.simulation.invariant.Promise;
import io.trunkline.simulation.node.Wiring;
import io.trunkline.simulation.scenario.KnownFault;
import io.trunkline.simulation.scenario.Minimizer;
import io.trunkline.simulation.scenario.Outcome;
import io.trunkline.simulation.scenario.Plan;
import io.trunkline.simulation.scenario.Simulation;
import io.trunkline.simulation.story.Coverage;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * {@code make simulate}: runs seeds until there are no more, or the time is over, and tells what
 * was reached and what was found.
 */
public final class Simulate {
  private static final long TELL = TimeUnit.SECONDS.toNanos(10);

  private final PrintStream out;
  private final Wiring wiring;
  private final Coverage coverage = new Coverage();
  private final Map<Long, String> found = new TreeMap<>();
  private long seeds;
  private double clusterSeconds;
  private long commits;
  private long steps;

  private Simulate(PrintStream out, Wiring wiring) {
    this.out = out;
    this.wiring = wiring;
  }

  /**
   * Arguments: the first seed, how many, for how many seconds at most (0: as long as it takes); or
   * {@code story}, a seed, and for how many simulated seconds what happens in it is printed. Then,
   * if wanted, the name of a {@link KnownFault} that is put back.
   */
  public static void main(String[] arguments) {
    Wiring wiring = arguments.length > 3 ? KnownFault.valueOf(arguments[3]) : Wiring.RIGHT;
    Simulate simulate = new Simulate(System.out, wiring);
    if (arguments[0].equals("story")) {
      simulate.tell(Long.parseLong(arguments[1]), Long.parseLong(arguments[2]));
      return;
    }
    boolean good =
        simulate.run(
            Long.parseLong(arguments[0]),
            Long.parseLong(arguments[1]),
            TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2])));
    System.exit(good ? 0 : 1);
  }

  private boolean run(long first, long count, long limit) {
    long begun = System.nanoTime();
    long told = begun;
    for (long seed = first; seed < first + count; seed++) {
      Outcome outcome = new Simulation(Plan.of(seed), wiring, false).run();
      add(outcome);
      long now = System.nanoTime();
      if (now - told >= TELL) {
        told = now;
        progress(now - begun);
      }
      if (limit > 0 && now - begun >= limit) {
        break;
      }
    }
    progress(System.nanoTime() - begun);
    summary();
    if (!found.isEmpty() && limit == 0) {
      explain(found.keySet().iterator().next());
    }
    return found.isEmpty();
  }

  private void add(Outcome outcome) {
    seeds++;
    clusterSeconds += outcome.nanos() / (double) TimeUnit.SECONDS.toNanos(1);
    commits += outcome.commits();
    steps += outcome.steps();
    coverage.add(outcome.coverage());
    outcome
        .violation()
        .ifPresent(
            violation -> {
              found.put(outcome.plan().seed(), violation.toString());
              out.println("seed " + outcome.plan().seed() + ": " + violation);
            });
  }

  private void progress(long nanos) {
    out.printf(
        "%d seeds, %.0f cluster-seconds in %.0f s, %d commits, %d steps, %d violations%n",
        seeds,
        clusterSeconds,
        nanos / (double) TimeUnit.SECONDS.toNanos(1),
        commits,
        steps,
        found.size());
  }

  private void summary() {
    for (String kind : coverage.kinds()) {
      out.println(kind + ":");
      coverage.of(kind).forEach((which, times) -> out.printf("  %-40s %d%n", which, times));
    }
  }

  /** The story of a failing seed, with as few faults as it takes. */
  private void explain(long seed) {
    Plan plan = Plan.of(seed);
    Promise promise = new Simulation(plan, wiring, false).run().violation().orElseThrow().promise();
    Plan smallest = new Minimizer(wiring).minimize(plan, promise);
    out.println("seed " + seed + ", minimized: " + smallest);
    new Simulation(smallest, wiring, true).run().story().forEach(out::println);
  }

  private void tell(long seed, long seconds) {
    Outcome outcome =
        new Simulation(Plan.of(seed), wiring, true)
            .run(Math.min(Plan.END, TimeUnit.SECONDS.toNanos(seconds)));
    out.println(outcome.plan());
    outcome.story().forEach(out::println);
    out.println(outcome.violation().map(Object::toString).orElse("no violation"));
    add(outcome);
    summary();
  }
}
