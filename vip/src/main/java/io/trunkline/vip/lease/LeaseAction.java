package io.trunkline.vip.lease;

import java.time.Duration;
import java.time.Instant;

/** What a candidate asks of etcd. */
public sealed interface LeaseAction {
  /** Grant a lease. */
  record Grant(Instant askedAt, Duration ttl) implements LeaseAction {}

  /** Ask. */
  record Ask(Instant askedAt, LeaseStore.Question question) implements LeaseAction {}

  /** End that lease; if this does not arrive, it runs out. */
  record Revoke(long lease) implements LeaseAction {}
}
