package io.trunkline.daemon.upgrade;

import io.trunkline.vip.VipHandover;
import java.util.Map;
import java.util.Set;

/**
 * What a process hands over besides its sockets.
 *
 * @param vips by name
 * @param drainedVips the VIPs that an operator keeps away from this node
 */
public record HandoverState(Map<String, VipHandover> vips, Set<String> drainedVips) {
  public HandoverState {
    vips = Map.copyOf(vips);
    drainedVips = Set.copyOf(drainedVips);
  }
}
