package io.trunkline.vip.vrrp;

import java.time.Instant;
import java.util.List;

/**
 * The state of a virtual router (RFC 9568 section 6.3).
 *
 * <pre>
 *            Startup                 master silent or released
 * Initialize ───────▶ Backup ──────────────────────────────────▶ Master
 *      ▲  ▲             │ ▲                                       │ │
 *      │  └─────────────┘ └───────────────────────────────────────┘ │
 *      │   Release, Fail,       higher priority or address, stalled │
 *      │   LinkDown                                                 │
 *      └────────────────────────────────────────────────────────────┘
 *          LinkDown, Fail; Release: successor heard → sessions ended
 * </pre>
 *
 * A master ends its sessions before it leaves, except when the link is down (see {@link Leaving}).
 * An owner (priority 255) goes from Initialize to Master directly.
 */
public sealed interface VrrpState permits Initialize, Backup, Master {
  /** The outcome of one step: the next state, and what to do, in this order. */
  record Step(VrrpState state, List<VrrpAction> actions) {
    static Step of(VrrpState state, VrrpAction... actions) {
      return new Step(state, List.of(actions));
    }
  }

  /** What this node stakes. */
  Bid bid();

  /** When {@link VrrpEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();

  /** What that event does to it at that time: the same arguments always give the same step. */
  Step on(VrrpEvent event, Instant now, VirtualRouter router);
}
