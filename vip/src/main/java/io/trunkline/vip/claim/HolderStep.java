package io.trunkline.vip.claim;

import java.util.List;

/** The next state, and what to do on the way there, in order. */
public record HolderStep(HolderState state, List<HolderAction> actions) {
  static HolderStep of(HolderState state, HolderAction... actions) {
    return new HolderStep(state, List.of(actions));
  }
}
