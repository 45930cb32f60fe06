package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import java.time.Instant;

/**
 * The sessions are being ended; then the addresses go.
 *
 * @param until when they go anyway
 * @param out this node takes no part any more then
 */
record Ending(VipReason reason, Instant until, boolean out) {}
