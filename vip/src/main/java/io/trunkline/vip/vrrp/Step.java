package io.trunkline.vip.vrrp;

import java.util.List;

/** The outcome of one step: the next state, and what to do, in this order. */
public record Step(VrrpState state, List<VrrpAction> actions) {
  static Step of(VrrpState state, VrrpAction... actions) {
    return new Step(state, List.of(actions));
  }
}
