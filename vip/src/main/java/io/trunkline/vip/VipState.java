package io.trunkline.vip;

import io.trunkline.config.Labelled;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.claim.Waiting;
import io.trunkline.vip.vrrp.Backup;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.Master;
import io.trunkline.vip.vrrp.VrrpState;

/**
 * The state of a VIP on this node, in the words of the RFC whatever the mode: it takes no part,
 * waits, or has the addresses.
 */
public enum VipState implements Labelled {
  INITIALIZE,
  BACKUP,
  MASTER;

  /** That of a virtual router. */
  public static VipState of(VrrpState state) {
    return switch (state) {
      case Initialize _ -> INITIALIZE;
      case Backup _ -> BACKUP;
      case Master _ -> MASTER;
    };
  }

  /** That of a node that has, or wants, a claim. */
  public static VipState of(HolderState state) {
    return switch (state) {
      case Out _ -> INITIALIZE;
      case Waiting _ -> BACKUP;
      case Holding _ -> MASTER;
    };
  }
}
