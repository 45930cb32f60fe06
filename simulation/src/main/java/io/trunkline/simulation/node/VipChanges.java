package io.trunkline.simulation.node;

import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;

/**
 * Tells of the changes of one VIP on one node, as the daemon's log does.
 *
 * @param vip its name
 */
record VipChanges(String node, String vip, Coverage coverage, Story story) {
  void tell(VipState from, VipState to, VipReason reason) {
    coverage.count("vip_reason", reason.name());
    story.tell(
        node,
        () -> "vip_state_changed vip=%s from=%s to=%s reason=%s".formatted(vip, from, to, reason));
  }
}
