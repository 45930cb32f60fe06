package io.trunkline.simulation.invariant;

import io.trunkline.simulation.time.Scheduler;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Clients that have said what they want, and have been told nothing yet. */
public final class QueueRules {
  private final Scheduler scheduler;
  private final Violations violations;
  private final long patience;
  private final Map<String, Waiting> waiting = new TreeMap<>();

  private record Waiting(String node, long since) {}

  /**
   * @param patience nanoseconds within which they have to be answered
   */
  public QueueRules(Scheduler scheduler, Violations violations, long patience) {
    this.scheduler = scheduler;
    this.violations = violations;
    this.patience = patience;
  }

  /** A client is connected to that node, and has said what it wants. */
  public void asks(String client, String node) {
    waiting.put(client, new Waiting(node, scheduler.now()));
  }

  /** It was let in, refused, or its connection ended. */
  public void answered(String client) {
    waiting.remove(client);
  }

  /**
   * Looks who has waited for too long.
   *
   * @param undisturbed whether that node ran and was reached by its clients since a moment
   */
  public void look(Predicate<String> undisturbed) {
    Iterator<Map.Entry<String, Waiting>> all = waiting.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<String, Waiting> each = all.next();
      Waiting client = each.getValue();
      if (!undisturbed.test(client.node())) {
        all.remove();
      } else if (scheduler.now() - client.since() > patience) {
        violations.broken(
            Promise.CLIENTS_ANSWERED,
            "%s has waited at %s for %d s"
                .formatted(
                    each.getKey(),
                    client.node(),
                    TimeUnit.NANOSECONDS.toSeconds(scheduler.now() - client.since())));
      }
    }
  }
}
