package io.trunkline.vip.vrrp;

import java.util.List;

/** The outcome of one step: the next state, and what to do, in this order. */
public record VrrpStep(VrrpState state, List<VrrpAction> actions) {
  static VrrpStep of(VrrpState state, VrrpAction... actions) {
    return new VrrpStep(state, List.of(actions));
  }
}
