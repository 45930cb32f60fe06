package io.trunkline.vip;

import java.time.Instant;

/** A VIP changed its state on this node. */
public record VipTransition(Instant at, String vip, VipState from, VipState to, VipReason reason) {}
