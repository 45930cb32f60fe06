package io.trunkline.vip.claim;

import java.time.Instant;
import java.util.Optional;

/** Who says whether this node may have the addresses of a VIP. Runs on the loop. */
public interface Claimant {
  /** What it says now. */
  Claim claim();

  /** Who has the addresses, as far as this node knows: a node, or a member. */
  Optional<String> holder();

  /** What else is to be said about it; empty: nothing. */
  default String remark() {
    return "";
  }

  /** When {@link #onTime} is due. */
  default Instant deadline() {
    return Instant.MAX;
  }

  default void onTime(Instant now) {}

  /** Nothing is in the way: this node takes part. */
  default void join(Instant now) {}

  /** This node takes no part any more, and has no address. */
  default void leave(Instant now) {}

  /** Another process of this node goes on: what it needs for that; 0: nothing. */
  default long passOn(Instant now) {
    return 0;
  }

  /** Goes on with what another process of this node {@link #passOn left}. */
  default void inherit(long left, Instant now) {}

  /** The addresses that it did not want this node to have any longer are gone. */
  default void vacated(Instant now) {}

  default void serving(boolean serving, Instant now) {}
}
