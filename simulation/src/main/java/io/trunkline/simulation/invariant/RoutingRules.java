package io.trunkline.simulation.invariant;

import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.time.Scheduler;
import io.trunkline.simulation.time.SimulatedProcess;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Compares what nodes send to members with what they have seen. It keeps a record of its own of
 * what each node was told, and never asks the node what that means.
 */
public final class RoutingRules {
  /** From when a table is published until every session loop has applied it. */
  private static final long APPLYING = TimeUnit.MILLISECONDS.toNanos(5);

  /** From when a mark is known until it is on the disk. */
  private static final long SAVING = TimeUnit.MILLISECONDS.toNanos(100);

  private final Scheduler scheduler;
  private final Violations violations;
  private final Map<String, Seen> nodes = new TreeMap<>();

  /** What one node has been told, across its restarts. */
  private static final class Seen {
    private @Nullable SimulatedProcess process;
    private @Nullable RoutingTable table;
    private long decidedAt;
    private String leader = "";
    private long leaderAt;
    private long timelineAtLeader;
    private long timeline;
    private long timelineAt;
    private long savedTimeline;
    private boolean diskWorks = true;
  }

  public RoutingRules(Scheduler scheduler, Violations violations) {
    this.scheduler = scheduler;
    this.violations = violations;
  }

  private Seen seen(String node) {
    return nodes.computeIfAbsent(node, _ -> new Seen());
  }

  /** A new process of that node: it knows what the one before has saved. */
  public void started(String node, SimulatedProcess process) {
    Seen seen = seen(node);
    save(seen);
    seen.process = process;
    seen.table = null;
    seen.leader = "";
    seen.timeline = seen.savedTimeline;
    seen.timelineAt = scheduler.now();
  }

  private void save(Seen seen) {
    if (seen.diskWorks && scheduler.now() - seen.timelineAt >= SAVING) {
      seen.savedTimeline = seen.timeline;
    }
  }

  /** Its disk takes the timeline mark, or does not. */
  public void disk(String node, boolean works) {
    Seen seen = seen(node);
    save(seen);
    seen.diskWorks = works;
  }

  /** An operator takes the timeline that the leader is on for right. */
  public void accepted(String node, long timeline) {
    Seen seen = seen(node);
    seen.timeline = timeline;
    seen.savedTimeline = timeline;
    seen.timelineAt = scheduler.now();
    seen.timelineAtLeader = 0;
  }

  /** A node has made that table. */
  public void published(String node, RoutingTable table) {
    Seen seen = seen(node);
    RoutingTable before = seen.table;
    if (before == null || !before.write().equals(table.write())) {
      seen.decidedAt = scheduler.now();
    }
    seen.table = table;
    if (table.view().dcs() instanceof DcsHealth.Connected) {
      String leader = table.view().leader().map(LeaderKey::member).orElse("");
      if (!leader.isEmpty() && !leader.equals(seen.leader)) {
        seen.leader = leader;
        seen.leaderAt = scheduler.now();
        seen.timelineAtLeader = table.view().mark().timeline();
      }
    }
    long timeline = table.view().mark().timeline();
    if (timeline > seen.timeline) {
      save(seen);
      seen.timeline = timeline;
      seen.timelineAt = scheduler.now();
    }
  }

  /** A node sends a statement of a client that writes to that member. */
  public void sends(String node, Postgres member, String client) {
    Seen seen = seen(node);
    RoutingTable table = seen.table;
    if (table == null) {
      violations.broken(
          Promise.AS_DECIDED, node + " sent a statement of " + client + " without a table");
      return;
    }
    boolean connected = table.view().dcs() instanceof DcsHealth.Connected;
    if (!seen.leader.isEmpty()
        && !seen.leader.equals(member.name())
        && settled(seen, seen.leaderAt)
        && (connected || member.timeline() <= seen.timelineAtLeader)) {
      violations.broken(
          Promise.NOTHING_TO_SUPERSEDED,
          "%s sent a statement of %s to %s, though it had seen %s as the leader %d ms before"
              .formatted(node, client, member.name(), seen.leader, millisSince(seen.leaderAt)));
    }
    if (member.timeline() < seen.timeline && settled(seen, seen.timelineAt)) {
      violations.broken(
          Promise.NOTHING_TO_SUPERSEDED,
          "%s sent a statement of %s to %s on timeline %d, though it had seen timeline %d %d ms before"
              .formatted(
                  node,
                  client,
                  member.name(),
                  member.timeline(),
                  seen.timeline,
                  millisSince(seen.timelineAt)));
    }
    if (settled(seen, seen.decidedAt)) {
      Optional<String> owner = table.write().owner();
      boolean blocked = table.write().blocked();
      if (blocked || !owner.equals(Optional.of(member.name()))) {
        violations.broken(
            Promise.AS_DECIDED,
            "%s sent a statement of %s to %s, though its decision was %s (owner %s%s) since %d ms"
                .formatted(
                    node,
                    client,
                    member.name(),
                    table.write().reason().label(),
                    owner.orElse("none"),
                    blocked ? ", blocked" : "",
                    millisSince(seen.decidedAt)));
      }
    }
  }

  /** Whether the node has had the time to act on what it was told then. */
  private boolean settled(Seen seen, long since) {
    long from = seen.process == null ? since : Math.max(since, seen.process.stoppedUntil());
    return scheduler.now() - from > APPLYING;
  }

  private long millisSince(long moment) {
    return TimeUnit.NANOSECONDS.toMillis(scheduler.now() - moment);
  }

  /** Whether that node waits for an operator. */
  public boolean awaitsOperator(String node) {
    RoutingTable table = seen(node).table;
    return table != null && table.write().reason() == WriteReason.TIMELINE_REGRESSION;
  }

  /** The newest table of that node. */
  public Optional<RoutingTable> table(String node) {
    return Optional.ofNullable(seen(node).table);
  }
}
