package io.trunkline.vip.claim;

import io.trunkline.vip.vrrp.Announcements;
import java.time.Instant;
import java.util.List;

/**
 * The part of one node in one VIP.
 *
 * <pre>
 *   Out ──Join──► Waiting ──a claim that covers now──► Holding
 *    ▲               │  ▲                                │  │
 *    └────Leave──────┘  └──── the claim ends, is lost ───┘  │
 *    └───────────────────────Leave──────────────────────────┘
 * </pre>
 */
public sealed interface HolderState permits Out, Waiting, Holding {
  /** The next state, and what to do on the way there, in order. */
  record Step(HolderState state, List<HolderAction> actions) {
    static Step of(HolderState state, HolderAction... actions) {
      return new Step(state, List.of(actions));
    }
  }

  /** What this node may claim, as far as it knows. */
  Claim claim();

  /** When {@link HolderEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();

  /**
   * What that event does to it at that time: the same arguments always give the same step.
   *
   * @param plan when the network is told where the addresses are
   */
  Step on(HolderEvent event, Instant now, Announcements plan);
}
