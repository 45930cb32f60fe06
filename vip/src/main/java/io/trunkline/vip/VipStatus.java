package io.trunkline.vip;

import io.trunkline.config.DurationHistogram;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.vrrp.Reject;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A VIP as this node sees it.
 *
 * @param state of this node
 * @param reason of the last transition
 * @param why a sentence: why this node is, or is not, the master
 * @param since when the state began
 * @param mode who decides where the addresses are
 * @param holder who has the addresses, as far as this node knows: an address (vrrp), a node (etcd),
 *     a Patroni member (leader)
 * @param master mode vrrp: the same with its priority
 * @param priority mode vrrp: the effective priority of this node
 * @param serving whether this node bids as one that serves; in mode leader: whether its member is
 *     the leader
 * @param transitions how many there were into each state by reason
 * @param recent the last transitions, oldest first
 */
public record VipStatus(
    String name,
    String networkInterface,
    List<InetAddress> addresses,
    VipState state,
    VipReason reason,
    String why,
    Instant since,
    VipConfig.Mode mode,
    Optional<String> holder,
    Optional<MasterSeen> master,
    OptionalInt priority,
    boolean serving,
    Map<VipReason, Long> transitions,
    List<VipTransition> recent,
    Counts counts,
    Map<Reject, Long> rejected,
    DurationHistogram.Snapshot lateness) {

  /** The node that has the addresses. */
  public record MasterSeen(InetAddress address, int priority) {}

  /**
   * Counters since the start.
   *
   * @param sendErrors advertisements that the kernel did not take
   * @param announcements gratuitous ARPs and neighbour advertisements
   * @param contended how often another host answered for one of the addresses while this node had
   *     them or was about to take them
   * @param missedDeadlines timers that fired later than an advertisement interval
   */
  public record Counts(
      long sent,
      long received,
      long sendErrors,
      long announcements,
      long contended,
      long missedDeadlines) {}
}
