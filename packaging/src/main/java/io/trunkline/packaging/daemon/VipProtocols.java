package io.trunkline.packaging.daemon;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.vip.VipListener;

/** Makes what moves VIPs between nodes. */
@FunctionalInterface
interface VipProtocols {

  /**
   * For the VIPs of that configuration; not started yet.
   *
   * @param listener is told what happens to them
   */
  VipProtocol open(TrunklineConfig config, VipListener listener);
}
