package io.trunkline.vip.vrrp;

import java.time.Instant;

/** The protocol machine of one virtual router: the same arguments always give the same step. */
public final class VrrpMachine {
  private final VirtualRouter router;

  public VrrpMachine(VirtualRouter router) {
    this.router = router;
  }

  /** What that event does to that state at that time. */
  public VrrpStep step(VrrpState state, VrrpEvent event, Instant now) {
    return switch (state) {
      case Initialize initialize -> initialize.on(event, now, router);
      case Backup backup -> backup.on(event, now, router);
      case Master master -> master.on(event, now, router);
    };
  }
}
