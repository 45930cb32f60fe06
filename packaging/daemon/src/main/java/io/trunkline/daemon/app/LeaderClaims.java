package io.trunkline.daemon.app;

import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.RestAnswer;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.LeaderClaimant;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the member on this node may have an address that follows Patroni's leader.
 *
 * <p>The claim lasts a few seconds beyond the last evidence for it, so that a process that stood
 * still does not go on with what it knew before.
 */
final class LeaderClaims {
  /** Four seconds of it without evidence the addresses stay; then they run out. */
  static final Duration EVIDENCE_LASTS = Duration.ofSeconds(7);

  private LeaderClaims() {}

  static LeaderClaimant.Sight of(RoutingTable table, String member, boolean hasIt) {
    WriteDecision write = table.write();
    boolean mine = write.owner().equals(Optional.of(member));
    Claim claim =
        switch (write.state()) {
          case OPEN, SWITCHING, DEGRADED -> mine ? valid(table.view(), member) : other(write);
          case HOLDING -> mine ? holding(table, member, hasIt) : other(write);
          case ISOLATED -> none(VipReason.LEADER_OUT_OF_SIGHT);
        };
    return new LeaderClaimant.Sight(leader(table), claim);
  }

  /** The member has the key and cannot be written to: perhaps never, perhaps not just now. */
  private static Claim holding(RoutingTable table, String member, boolean hasIt) {
    return switch (table.write().reason()) {
      case STANDBY_CLUSTER, LEADER_READ_ONLY -> valid(table.view(), member);
      case LEADER_NOT_WRITABLE, LEADER_UNCONFIRMED, LEADER_UNKNOWN ->
          hasIt ? valid(table.view(), member) : none(VipReason.LEADERLESS);
      case STARTING,
          LEADER_KEY_AND_REST,
          LEADER_KEY_AND_SENTINEL,
          LEADER_KEY_ALONE,
          REST_LOCK,
          STANDBYS_STREAM,
          MAINTENANCE,
          SWITCHOVER_OVERDUE,
          SWITCHOVER_DUE,
          NO_LEADER,
          NO_PRIMARY,
          NO_PROXY_URL,
          NONE_ELIGIBLE,
          UNREACHABLE,
          TIMELINE_REGRESSION,
          TWO_PRIMARIES,
          OUT_OF_SIGHT ->
          none(VipReason.LEADERLESS);
    };
  }

  private static Claim other(WriteDecision write) {
    return none(write.owner().isPresent() ? VipReason.NOT_LEADER : VipReason.LEADERLESS);
  }

  private static Claim none(VipReason reason) {
    return new Claim.None(reason, true);
  }

  private static Claim valid(ClusterView view, String member) {
    return evidence(view, member)
        .<Claim>map(
            at ->
                new Claim.Valid(
                    at.plus(EVIDENCE_LASTS), VipReason.LEADER, VipReason.LEADER_OUT_OF_SIGHT))
        .orElse(none(VipReason.LEADER_OUT_OF_SIGHT));
  }

  /** When somebody last said so who has to know: etcd's quorum, or without it the member itself. */
  private static Optional<Instant> evidence(ClusterView view, String member) {
    return switch (view.dcs()) {
      case DcsHealth.Connected connected -> Optional.of(connected.confirmedAt());
      case DcsHealth.Lost _, DcsHealth.Absent _ ->
          view.member(member).flatMap(it -> it.rest().last()).map(RestAnswer::askedAt);
    };
  }

  private static Optional<String> leader(RoutingTable table) {
    return switch (table.view().dcs()) {
      case DcsHealth.Connected _ ->
          table.view().leader().map(LeaderKey::member).or(() -> maintained(table));
      case DcsHealth.Lost _, DcsHealth.Absent _ -> table.write().owner();
    };
  }

  private static Optional<String> maintained(RoutingTable table) {
    return table.view().maintenance() ? table.write().owner() : Optional.empty();
  }
}
