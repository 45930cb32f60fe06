package io.trunkline.vip;

import io.trunkline.vip.vrrp.Bid;
import java.time.Duration;
import java.time.Instant;

/**
 * Turns "this node serves" into a priority, without flapping: what keeps the addresses where they
 * are counts at once, what would move them has to last.
 *
 * <p>All nodes see a primary go and come back, but not at the same moment. A backup that stops
 * serving drops its bid at once and the master only after {@link #FALL}: by then the backups have
 * noticed too, and where nobody serves the addresses stay. A master that serves again raises its
 * bid at once and a backup only after {@link #RISE}.
 *
 * @param wanted what the daemon said last
 * @param serving what the bid says
 * @param changeAt when the bid follows; {@link Instant#MAX}: it does already
 */
public record Bidding(
    int configured, boolean wanted, boolean serving, Instant changeAt, boolean known) {
  static final Duration FALL = Duration.ofSeconds(1);
  static final Duration RISE = Duration.ofSeconds(3);

  /** Nobody has said anything yet: the node does not serve. */
  public static Bidding unknown(int configured) {
    return new Bidding(configured, false, false, Instant.MAX, false);
  }

  /** The daemon says at that time whether this node serves. */
  public Bidding wants(boolean now, VipState state, Instant at) {
    if (now == serving) {
      return settled(now);
    }
    if (known && now == wanted) {
      return this;
    }
    // The first word after the start is no change of mind.
    return !known || !wouldMove(now, state)
        ? settled(now)
        : new Bidding(configured, now, serving, at.plus(now ? RISE : FALL), true);
  }

  /** The state changed: a change that no longer moves the addresses need not wait. */
  public Bidding in(VipState state, Instant now) {
    return changeAt.equals(Instant.MAX) || wouldMove(wanted, state)
        ? this
        : new Bidding(configured, wanted, serving, now, known);
  }

  /** The bid at that time, in that state. */
  public Bidding at(Instant now) {
    return now.isBefore(changeAt) ? this : settled(wanted);
  }

  /** What is bid. */
  public int priority() {
    return serving ? configured : Bid.NOT_SERVING;
  }

  /** With another priority that is configured. */
  public Bidding configuredAs(int priority) {
    return new Bidding(priority, wanted, serving, changeAt, known);
  }

  private static boolean wouldMove(boolean serves, VipState state) {
    return switch (state) {
      case INITIALIZE -> false;
      case BACKUP -> serves;
      case MASTER -> !serves;
    };
  }

  private Bidding settled(boolean serves) {
    return new Bidding(configured, serves, serves, Instant.MAX, true);
  }
}
