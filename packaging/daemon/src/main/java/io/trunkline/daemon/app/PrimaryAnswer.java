package io.trunkline.daemon.app;

import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.Member;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.SentinelHealth;
import io.trunkline.routing.WriteReason;
import io.trunkline.vip.VipState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether this node knows the primary, so that it may begin to serve: it knows it once the primary
 * has said what it is and its PostgreSQL has taken a connection from here. From then on what
 * befalls the cluster does not count; what this node cannot see for itself does, and it begins
 * again.
 *
 * @param had whether it had that answer
 * @param since when it began to wait for it
 */
record PrimaryAnswer(boolean had, Instant since) {
  /** How long the holder of an address waits for it, and how long nothing is said of it. */
  static final Duration LIMIT = Duration.ofSeconds(10);

  /** The process before this one had it. */
  static final PrimaryAnswer INHERITED = new PrimaryAnswer(true, Instant.EPOCH);

  /** Nothing has been answered yet. */
  static PrimaryAnswer awaited(Instant now) {
    return new PrimaryAnswer(false, now);
  }

  /**
   * After that table.
   *
   * @param blind whether this node could not serve if it were the only one that sees what it sees
   */
  PrimaryAnswer next(RoutingTable table, boolean blind) {
    if (blind) {
      return awaited(table.view().at());
    }
    return had || !answered(table) ? this : new PrimaryAnswer(true, since);
  }

  /**
   * Whether it is enough to serve. A node that has the address serves without it, too, when there
   * is nobody who could answer, or after {@link #LIMIT}: that keeps the address where it is.
   */
  boolean suffices(RoutingTable table, VipState state) {
    return had
        || (state == VipState.MASTER
            && (late(table.view().at()) || !hasLeader(table.write().reason())));
  }

  /** Whether it has been waited for longer than it takes. */
  boolean late(Instant now) {
    return !now.isBefore(since.plus(LIMIT));
  }

  /** The primary, if it is to be dialled because nobody has since the waiting began. */
  Optional<Member> toDial(RoutingTable table) {
    return had || !hasLeader(table.write().reason())
        ? Optional.empty()
        : primary(table).filter(it -> !connected(it.connect()));
  }

  private boolean answered(RoutingTable table) {
    return primary(table)
        .filter(it -> connected(it.connect()))
        .filter(it -> said(it, table))
        .isPresent();
  }

  private boolean connected(ConnectHealth dialling) {
    return dialling.failure().isEmpty()
        && dialling.lastSuccess().filter(at -> !at.isBefore(since)).isPresent();
  }

  /** Whether somebody who was asked has said what the primary is. */
  private static boolean said(Member primary, RoutingTable table) {
    WriteReason reason = table.write().reason();
    boolean mayNotHaveBeenAsked =
        reason == WriteReason.LEADER_NOT_WRITABLE || reason == WriteReason.LEADER_UNCONFIRMED;
    return hasLeader(reason) && (!mayNotHaveBeenAsked || asked(primary, table.view()));
  }

  private static boolean asked(Member primary, ClusterView view) {
    boolean byRest = primary.rest().failure().isEmpty() && primary.rest().last().isPresent();
    return byRest
        || primary
            .sentinel()
            .flatMap((SentinelHealth it) -> it.current(view.startedAt(), view.at()))
            .isPresent();
  }

  private static Optional<Member> primary(RoutingTable table) {
    return table.write().owner().flatMap(table.view()::member);
  }

  /** Whether somebody is, or is about to be, the one whom writes go to. */
  private static boolean hasLeader(WriteReason reason) {
    return switch (reason) {
      case LEADER_KEY_AND_REST,
          LEADER_KEY_AND_SENTINEL,
          LEADER_KEY_ALONE,
          REST_LOCK,
          STANDBYS_STREAM,
          MAINTENANCE,
          SWITCHOVER_OVERDUE,
          SWITCHOVER_DUE,
          LEADER_NOT_WRITABLE,
          LEADER_UNCONFIRMED,
          LEADER_READ_ONLY,
          STANDBY_CLUSTER ->
          true;
      case STARTING,
          OUT_OF_SIGHT,
          TWO_PRIMARIES,
          NO_LEADER,
          NO_PRIMARY,
          LEADER_UNKNOWN,
          NO_PROXY_URL,
          NONE_ELIGIBLE,
          UNREACHABLE,
          TIMELINE_REGRESSION ->
          false;
    };
  }
}
