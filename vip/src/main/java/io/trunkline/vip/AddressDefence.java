package io.trunkline.vip;

import java.time.Duration;
import java.time.Instant;

/** How often a master insists on its addresses before it would only make noise. */
final class AddressDefence {
  /** A frozen former holder answers for this long: until the kernel has taken its addresses. */
  private static final Duration TAKEOVER = Duration.ofSeconds(5);

  /** DEFEND_INTERVAL (RFC 5227 section 1.1). */
  private static final Duration DEFEND_INTERVAL = Duration.ofSeconds(10);

  /** The repeated burst after a takeover or a defence, which asks again, comes within this. */
  private static final Duration SAME_DISPUTE = Duration.ofSeconds(11);

  private static final Duration INSISTS = Duration.ofSeconds(2);
  private static final Duration PUT_BACK_WITHIN = Duration.ofSeconds(10);
  private static final int PUT_BACK_MOST = 5;

  private Instant defendedAt = Instant.MIN;
  private Instant toldAt = Instant.MIN;
  private Instant contestedAt = Instant.MIN;
  private Instant disputedSince = Instant.MIN;
  private Instant firstPutBack = Instant.MIN;
  private int putBack;

  /** Whether to announce an address that another host answers for. */
  boolean defend(Instant now, Instant masterSince) {
    boolean fresh = now.isBefore(masterSince.plus(TAKEOVER));
    boolean again = defendedAt.equals(Instant.MIN) || now.isAfter(defendedAt.plus(DEFEND_INTERVAL));
    if (fresh || again) {
      defendedAt = now;
      return true;
    }
    return false;
  }

  /**
   * Whether to tell the operator that another host answers for an address: not during a takeover,
   * and only of one that goes on after it was answered with a burst.
   */
  boolean tell(Instant now, Instant masterSince) {
    if (contestedAt.equals(Instant.MIN) || now.isAfter(contestedAt.plus(SAME_DISPUTE))) {
      disputedSince = now;
    }
    contestedAt = now;
    if (now.isBefore(masterSince.plus(TAKEOVER)) || now.isBefore(disputedSince.plus(INSISTS))) {
      return false;
    }
    boolean again = toldAt.equals(Instant.MIN) || now.isAfter(toldAt.plus(DEFEND_INTERVAL));
    toldAt = again ? now : toldAt;
    return again;
  }

  /** Whether to put back an address that something removed; else step down. */
  boolean putBack(Instant now) {
    if (firstPutBack.equals(Instant.MIN) || now.isAfter(firstPutBack.plus(PUT_BACK_WITHIN))) {
      firstPutBack = now;
      putBack = 0;
    }
    return ++putBack <= PUT_BACK_MOST;
  }
}
