package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import java.net.InetAddress;
import java.time.Instant;

/**
 * What this node stakes in the election.
 *
 * @param priority the effective priority, 1 to 255
 * @param local the address it advertises from, which decides between equal priorities
 * @param backoff until when it takes the addresses from no living master that serves
 */
public record Bid(int priority, InetAddress local, Backoff backoff) {
  /** The priority of the owner of the addresses, who never waits (RFC 9568 section 5.2.4). */
  public static final int OWNER = 255;

  /**
   * The effective priority of a node that does not serve. All such nodes bid the same, so that none
   * of them takes the addresses from another: they stay where they are.
   */
  public static final int NOT_SERVING = 1;

  /** The priority of a master that lets go (RFC 9568 section 5.2.4). */
  public static final int RELEASE = 0;

  /** Of a node that has not failed yet. */
  public Bid(int priority, InetAddress local) {
    this(priority, local, Backoff.NONE);
  }

  Bid withPriority(int other) {
    return new Bid(other, local, backoff);
  }

  /** The same of a node that begins again, advertising from there. */
  Bid startedAt(InetAddress from, Instant now) {
    return new Bid(priority, from, backoff.recovered(now));
  }

  /** The same after the node let go for that reason. */
  Bid after(VipReason reason, Instant now) {
    return switch (reason) {
      case HEARTBEAT_LOST -> new Bid(priority, local, backoff.failed(now));
      case STALLED -> new Bid(priority, local, backoff.failed(now).recovered(now));
      default -> this;
    };
  }

  boolean serving() {
    return priority > NOT_SERVING;
  }

  /** Whether that advertisement wins against this node when both are master. */
  boolean losesTo(Advertisement other) {
    return other.priority() > priority
        || (other.priority() == priority && compare(other.source(), local) > 0);
  }

  /** Addresses compared as unsigned numbers in network byte order (RFC 9568 section 6.4.3). */
  private static int compare(InetAddress one, InetAddress two) {
    return java.util.Arrays.compareUnsigned(one.getAddress(), two.getAddress());
  }
}
