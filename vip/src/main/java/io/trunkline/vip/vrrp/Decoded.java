package io.trunkline.vip.vrrp;

/** What {@link VrrpCodec#decode} made of a packet. */
public sealed interface Decoded {
  /** A valid advertisement for this group. */
  record Accepted(Advertisement advertisement) implements Decoded {}

  /** Anything else. */
  record Rejected(Reject reason) implements Decoded {}
}
