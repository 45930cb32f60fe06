package io.trunkline.daemon.app;

import io.trunkline.routing.ClusterView;
import io.trunkline.routing.ConnectHealth;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.LeaderKey;
import io.trunkline.routing.Member;
import io.trunkline.vip.VipState;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether this node reaches the primary that etcd names. Where it alone does not, its clients are
 * better served by another node.
 *
 * <p>When the primary itself is dead, no node reaches it until its leader key runs out, and they do
 * not notice it at the same moment: a backup therefore says so soon and the holder of the address
 * late, so that where it is true of all of them the address stays.
 */
final class PrimaryReach {
  /** How long dialling must have failed for a node that does not have the address. */
  static final Duration SOON = Duration.ofSeconds(2);

  /** And for the one that has it: longer than the others need to notice, at worst. */
  static final Duration LATE = Duration.ofSeconds(10);

  /** What was seen longer ago says nothing about now. */
  private static final Duration FRESH = Duration.ofSeconds(5);

  private PrimaryReach() {}

  /** The primary by the leader key, if it should be dialled to see whether it can be reached. */
  static Optional<Member> doubtful(ClusterView view) {
    return primary(view)
        .filter(it -> it.rest().failure().isPresent() || it.connect().failure().isPresent());
  }

  /** Whether the primary cannot be reached from here, for long enough to say so in that state. */
  static boolean lost(ClusterView view, VipState state) {
    Duration patience =
        switch (state) {
          case MASTER -> LATE;
          case INITIALIZE, BACKUP -> SOON;
        };
    Instant since = view.at().minus(patience);
    // A leader is given that long, too, from when it got the key.
    boolean settled =
        view.leader().map(LeaderKey::since).filter(at -> !at.isAfter(since)).isPresent();
    return settled
        && primary(view).map(Member::connect).filter(it -> fails(it, since, view.at())).isPresent();
  }

  private static boolean fails(ConnectHealth dialling, Instant since, Instant now) {
    return dialling.failure().isPresent()
        && dialling.failingSince().filter(at -> !at.isAfter(since)).isPresent()
        && dialling.failedAt().filter(at -> !at.isBefore(now.minus(FRESH))).isPresent();
  }

  /** Only a quorum's word counts: what this node cannot see, others may. */
  private static Optional<Member> primary(ClusterView view) {
    return view.dcs() instanceof DcsHealth.Connected
        ? view.leader().map(LeaderKey::member).flatMap(view::member)
        : Optional.empty();
  }
}
