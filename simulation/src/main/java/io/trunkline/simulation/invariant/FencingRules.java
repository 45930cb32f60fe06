package io.trunkline.simulation.invariant;

import io.trunkline.simulation.time.Scheduler;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Compares where commits are accepted with where the leader key really is. How soon a node has to
 * know depends on what it can see:
 *
 * <ul>
 *   <li>all of etcd, and its watch works: 500 ms;
 *   <li>etcd in some way: the leader key is read twice a second, from another member after 250 ms;
 *   <li>not etcd: two seconds until it is lost, and then {@code isolation_grace} and what a REST
 *       answer may take.
 * </ul>
 */
public final class FencingRules {
  private static final long AT_ONCE = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long BY_HEARTBEAT = TimeUnit.MILLISECONDS.toNanos(3500);
  private static final long BY_ITSELF = TimeUnit.SECONDS.toNanos(14);

  /** A sight that has come back counts only after a while. */
  private static final long SETTLED = TimeUnit.SECONDS.toNanos(5);

  private final Scheduler scheduler;
  private final Violations violations;
  private final Map<String, Long> wholeSince = new TreeMap<>();
  private final Map<String, Long> someSince = new TreeMap<>();
  private final Map<String, Long> runningSince = new TreeMap<>();
  private String leader = "";
  private long movedAt;
  private long margin;

  public FencingRules(Scheduler scheduler, Violations violations) {
    this.scheduler = scheduler;
    this.violations = violations;
  }

  /** The leader key names that member now; a key that is gone names whom it named last. */
  public void leader(String member) {
    if (!member.isEmpty() && !member.equals(leader)) {
      leader = member;
      movedAt = scheduler.now();
    }
  }

  /** So many nanoseconds more are granted: the network is slow. */
  public void margin(long nanos) {
    margin = nanos;
  }

  /**
   * What a node can see of etcd now.
   *
   * @param whole every member, and watches are served
   * @param some at least one that serves
   * @param running the node itself
   */
  public void sight(String node, boolean whole, boolean some, boolean running) {
    note(wholeSince, node, whole && running);
    note(someSince, node, some && running);
    note(runningSince, node, running);
  }

  private void note(Map<String, Long> since, String node, boolean now) {
    if (now) {
      since.putIfAbsent(node, scheduler.now());
    } else {
      since.remove(node);
    }
  }

  /**
   * A member has accepted a commit that came through that node.
   *
   * @param credulous whether what the node can see besides etcd may be wrong
   */
  public void committed(String node, String member, String client, boolean credulous) {
    if (leader.isEmpty() || leader.equals(member)) {
      return;
    }
    long late = scheduler.now() - movedAt;
    long allowed =
        saw(wholeSince, node)
            ? AT_ONCE
            : saw(someSince, node)
                ? BY_HEARTBEAT
                : saw(runningSince, node) && !credulous ? BY_ITSELF : Long.MAX_VALUE / 2;
    if (late > allowed + margin) {
      violations.broken(
          Promise.FENCED_IN_TIME,
          "%s accepted a commit of %s through %s %d ms after the leader key had gone to %s"
              .formatted(member, client, node, TimeUnit.NANOSECONDS.toMillis(late), leader));
    }
  }

  /** Whether it has seen that from well before the key moved. */
  private boolean saw(Map<String, Long> since, String node) {
    Long from = since.get(node);
    return from != null && from + SETTLED <= movedAt;
  }
}
