package io.trunkline.simulation.invariant;

import io.trunkline.routing.Fence;
import io.trunkline.routing.Picker;
import io.trunkline.routing.RoutingTable;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.time.Scheduler;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Readers that stay at a member that was promoted, though there is a replica for them. */
public final class ReaderRules {
  /** 30 s within which they leave, the longest statement of a reader, and a margin. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(40);

  private final Scheduler scheduler;
  private final Violations violations;
  private final Picker picker;
  private final Map<String, Long> since = new TreeMap<>();

  /**
   * @param picker of the listener for readers
   */
  public ReaderRules(Scheduler scheduler, Violations violations, Picker picker) {
    this.scheduler = scheduler;
    this.violations = violations;
    this.picker = picker;
  }

  /**
   * Looks who has stayed for too long.
   *
   * @param tables the newest table of each node, if it runs
   */
  public void look(Collection<Postgres> members, Function<String, Optional<RoutingTable>> tables) {
    Map<String, Long> staying = new TreeMap<>();
    for (Postgres member : members) {
      if (!member.primary()) {
        continue;
      }
      for (String client : member.begunOnStandby()) {
        Optional<RoutingTable> table =
            client.startsWith("r")
                ? tables.apply(client.substring(client.indexOf('@') + 1))
                : Optional.empty();
        if (table.filter(now -> mayLeave(now, member)).isPresent()) {
          staying.put(client, since.getOrDefault(client, scheduler.now()));
        }
      }
    }
    since.clear();
    since.putAll(staying);
    since.forEach(
        (client, from) -> {
          if (scheduler.now() - from > PATIENCE) {
            violations.broken(
                Promise.READERS_DEPART,
                "%s has stayed for %d s at a primary"
                    .formatted(client, TimeUnit.NANOSECONDS.toSeconds(scheduler.now() - from)));
          }
        });
  }

  private boolean mayLeave(RoutingTable table, Postgres member) {
    return table.write().target().filter(to -> to.member().equals(member.name())).isPresent()
        && Fence.Input.of(table, picker).replicas().stream()
            .anyMatch(name -> !name.equals(member.name()));
  }
}
