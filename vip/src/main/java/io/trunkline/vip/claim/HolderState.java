package io.trunkline.vip.claim;

import java.time.Instant;

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
  /** What this node may claim, as far as it knows. */
  Claim claim();

  /** When {@link HolderEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();
}
