package io.trunkline.vip.lease;

import java.util.List;

/** The next state, and what to ask of etcd, in order. */
public record LeaseStep(LeaseState state, List<LeaseAction> actions) {
  static LeaseStep of(LeaseState state, LeaseAction... actions) {
    return new LeaseStep(state, List.of(actions));
  }
}
