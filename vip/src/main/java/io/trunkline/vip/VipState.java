package io.trunkline.vip;

import io.trunkline.vip.vrrp.Backup;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.Master;
import io.trunkline.vip.vrrp.VrrpState;

/** The state of a VIP on this node, in the words of the RFC. */
public enum VipState {
  INITIALIZE,
  BACKUP,
  MASTER;

  static VipState of(VrrpState state) {
    return switch (state) {
      case Initialize _ -> INITIALIZE;
      case Backup _ -> BACKUP;
      case Master _ -> MASTER;
    };
  }
}
