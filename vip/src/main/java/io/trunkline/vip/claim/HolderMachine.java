package io.trunkline.vip.claim;

import io.trunkline.vip.vrrp.Announcements;
import java.time.Instant;

/** The machine: a pure function of a state, an event and a time. */
public final class HolderMachine {
  private final Announcements plan;

  /**
   * @param plan when the network is told where the addresses are
   */
  public HolderMachine(Announcements plan) {
    this.plan = plan;
  }

  /** What that event does to that state at that time. */
  public HolderStep step(HolderState state, HolderEvent event, Instant now) {
    return switch (state) {
      case Out out -> out.on(event, now, plan);
      case Waiting waiting -> waiting.on(event, now, plan);
      case Holding holding -> holding.on(event, now, plan);
    };
  }
}
