package io.trunkline.vip;

import io.trunkline.vip.vrrp.Reason;
import java.time.Instant;

/** A VIP changed its state on this node. */
public record VipTransition(Instant at, String vip, VipState from, VipState to, Reason reason) {}
