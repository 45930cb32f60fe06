package io.trunkline.vip.lease;

import java.time.Duration;
import java.util.Optional;

/** What etcd says to a {@link Question}. */
public sealed interface LeaseAnswer {
  /**
   * The lease is there.
   *
   * @param renewed for how long, from when the question was sent; empty: the renewal is not certain
   */
  record Alive(Optional<Duration> renewed, LeaseView view) implements LeaseAnswer {}

  /** There is no such lease: it ran out, or was revoked. */
  record Gone() implements LeaseAnswer {}
}
