package io.trunkline.vip.vrrp;

import java.time.Instant;

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
  /** What this node stakes. */
  Bid bid();

  /** When {@link VrrpEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();

  /** What that event does to it at that time: the same arguments always give the same step. */
  VrrpStep on(VrrpEvent event, Instant now, VirtualRouter router);
}
