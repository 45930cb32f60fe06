package io.trunkline.daemon.app;

import io.trunkline.config.Labelled;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteReason;

/**
 * Why this node bids for a VIP with all it has, or not.
 *
 * <p>Only what is this node's own trouble lowers its bid. What befalls the cluster, all nodes see,
 * at slightly different moments: the addresses would wander, and nobody would be better off. What
 * can be either, {@link PrimaryReach} tells apart by time.
 */
enum BidReason implements Labelled {
  SERVES(true, "this node serves"),
  NOT_BOUND(false, "not every listener is bound"),
  COLD(false, "this node has just started and is warming up"),
  DRAINING(false, "this node is drained or draining and takes no new sessions"),
  NOT_SEEN(false, "this node has not read the state of the cluster yet"),
  OUT_OF_SIGHT(false, "this node can reach neither etcd nor most of the members"),
  PRIMARY_UNKNOWN(false, "no primary has answered and accepted a connection from this node yet"),
  PRIMARY_OUT_OF_REACH(false, "this node cannot connect to the primary that etcd names"),
  TWO_PRIMARIES(
      false, "this node cannot reach etcd, and two members report that they are the primary");

  private final boolean serves;
  private final String sentence;

  BidReason(boolean serves, String sentence) {
    this.serves = serves;
    this.sentence = sentence;
  }

  /**
   * @param bound whether every listener is bound
   * @param draining whether new sessions are refused
   * @param cold whether the warm-up is under way
   * @param sight {@link #ofSight what this node sees of the cluster}
   */
  static BidReason of(boolean bound, boolean draining, boolean cold, BidReason sight) {
    if (draining) {
      return DRAINING;
    }
    if (!bound) {
      return NOT_BOUND;
    }
    return cold && sight == SERVES ? COLD : sight;
  }

  /**
   * What this node sees of the VIP's cluster.
   *
   * @param primaryLost whether the primary that etcd names cannot be reached from here
   * @param write where the writes of the cluster go, as seen from here
   */
  static BidReason ofSight(boolean primaryLost, WriteDecision write) {
    BidReason seen = of(write);
    return seen == SERVES && primaryLost ? PRIMARY_OUT_OF_REACH : seen;
  }

  private static BidReason of(WriteDecision write) {
    return switch (write.state()) {
      case OPEN, SWITCHING, DEGRADED -> SERVES;
      case HOLDING -> holding(write.reason());
      case ISOLATED -> OUT_OF_SIGHT;
    };
  }

  private static BidReason holding(WriteReason reason) {
    return switch (reason) {
      case STARTING -> NOT_SEEN;
      case OUT_OF_SIGHT -> OUT_OF_SIGHT;
      // A node that reaches etcd knows which of them it is.
      case TWO_PRIMARIES -> TWO_PRIMARIES;
      case LEADER_KEY_AND_REST,
          LEADER_KEY_AND_SENTINEL,
          LEADER_KEY_ALONE,
          REST_LOCK,
          STANDBYS_STREAM,
          MAINTENANCE,
          SWITCHOVER_OVERDUE,
          SWITCHOVER_DUE,
          NO_LEADER,
          NO_PRIMARY,
          LEADER_UNKNOWN,
          LEADER_NOT_WRITABLE,
          LEADER_UNCONFIRMED,
          LEADER_READ_ONLY,
          NO_PROXY_URL,
          NONE_ELIGIBLE,
          UNREACHABLE,
          STANDBY_CLUSTER,
          TIMELINE_REGRESSION ->
          SERVES;
    };
  }

  boolean serves() {
    return serves;
  }

  /** For people. */
  String sentence() {
    return sentence;
  }
}
