package io.trunkline.vip;

import io.trunkline.vip.claim.Claim;
import java.time.Instant;
import java.util.Optional;

/** Who says whether this node may have the addresses of a VIP. Runs on the loop. */
interface Claimant {
  /** What it says now. */
  Claim claim();

  /** Who has the addresses, as far as this node knows: a node, or a member. */
  Optional<String> holder();

  /** What else is to be said about it; empty: nothing. */
  String remark();

  /** When {@link #onTime} is due. */
  Instant deadline();

  void onTime(Instant now);

  /** Nothing is in the way: this node takes part. */
  void join(Instant now);

  /** This node takes no part any more, and has no address. */
  void leave(Instant now);

  /** Another process of this node goes on: what it needs for that; 0: nothing. */
  long passOn(Instant now);

  /** Goes on with what another process of this node {@link #passOn left}. */
  void inherit(long left, Instant now);

  /** The addresses that it did not want this node to have any longer are gone. */
  void vacated(Instant now);

  void serving(boolean serving, Instant now);
}
