package io.trunkline.vip.claim;

import io.trunkline.config.LeaseConfig;
import io.trunkline.vip.VipReason;
import java.time.Duration;
import java.time.Instant;

/** What entitles this node to the addresses, or why nothing does. */
public sealed interface Claim {
  /** The longest that the kernel keeps an address that was renewed once more. */
  Duration KERNEL = LeaseConfig.KERNEL;

  /** How long before its end a claim that is not renewed is given up in an orderly way. */
  Duration LEAVE = Duration.ofSeconds(2);

  /** How long the sessions get to end before the addresses go. */
  Duration SESSIONS_END = Duration.ofMillis(500);

  /** Why the claim is there, or is not. */
  VipReason reason();

  /** Whether an address that is renewed now is certainly gone when the claim ends. */
  boolean covers(Instant now);

  /**
   * The addresses are this node's.
   *
   * @param until certainly nobody else's before that
   * @param ifItEnds why the addresses go if it is not renewed
   */
  record Valid(Instant until, VipReason reason, VipReason ifItEnds) implements Claim {
    @Override
    public boolean covers(Instant now) {
      return now.isBefore(until.minus(KERNEL));
    }

    /** When to let go unless it is renewed. */
    Instant leaveAt() {
      return until.minus(LEAVE);
    }

    /** When the addresses have to be gone even if sessions are left. */
    Instant goneAt() {
      return leaveAt().plus(SESSIONS_END);
    }
  }

  /**
   * The addresses are not this node's.
   *
   * @param orderly nobody else gets them before this node has let go: end the sessions first
   */
  record None(VipReason reason, boolean orderly) implements Claim {
    @Override
    public boolean covers(Instant now) {
      return false;
    }
  }
}
