package io.trunkline.vip.lease;

import java.time.Duration;
import java.time.Instant;

/**
 * The lease of this node.
 *
 * @param lease 0: none
 * @param until it certainly lasts that long: counted from before its last renewal was asked for
 */
record OwnLease(long lease, Instant until) {
  static final OwnLease NONE = new OwnLease(0, Instant.MIN);

  boolean exists() {
    return lease != 0;
  }

  OwnLease renewed(Instant askedAt, Duration ttl) {
    Instant later = askedAt.plus(ttl);
    return later.isAfter(until) ? new OwnLease(lease, later) : this;
  }
}
