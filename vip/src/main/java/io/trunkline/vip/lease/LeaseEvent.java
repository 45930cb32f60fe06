package io.trunkline.vip.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What happens to a candidate. Answers name the moment before their question was sent. */
public sealed interface LeaseEvent {
  /** Nothing is in the way: take part. */
  record Join() implements LeaseEvent {}

  /** Take part with the lease that a former process of this node left. */
  record Inherit(long lease) implements LeaseEvent {}

  /** Another process of this node goes on with the lease: take part no more, and leave it. */
  record PassOn() implements LeaseEvent {}

  /** The addresses are gone, if this node had them: take part no more. */
  record Leave() implements LeaseEvent {}

  /** The addresses are gone; this node goes on taking part. */
  record Vacated() implements LeaseEvent {}

  /** This node serves now, or does not. */
  record Serving(boolean serving) implements LeaseEvent {}

  /** A lease has been granted. */
  record Granted(Instant askedAt, long lease, Duration ttl) implements LeaseEvent {}

  /** The lease is there, and these are the keys. */
  record Answered(Instant askedAt, long lease, Optional<Duration> renewed, LeaseView view)
      implements LeaseEvent {}

  /** The lease is not there any more. */
  record Gone(Instant askedAt, long lease) implements LeaseEvent {}

  /** No answer, or none that helps. */
  record Failed(Instant askedAt) implements LeaseEvent {}

  /** Something may have changed in etcd. */
  record Changed() implements LeaseEvent {}

  /** The deadline of the state has come. */
  record TimerExpired() implements LeaseEvent {}
}
