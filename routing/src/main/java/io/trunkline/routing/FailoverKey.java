package io.trunkline.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Patroni's {@code failover} key: somebody asked for a switchover or a failover.
 *
 * @param leader who is to step down; empty in a manual failover
 * @param candidate who is to take over; empty: anybody
 * @param scheduledAt when it is due, by the wall clock; empty: now
 * @param dueAt the same moment by the clock of views; they differ when the wall clock was set after
 *     the start
 * @param since when this process first saw it
 */
public record FailoverKey(
    Optional<String> leader,
    Optional<String> candidate,
    Optional<Instant> scheduledAt,
    Optional<Instant> dueAt,
    Instant since) {

  /** One that is due when it says, by a clock that tells the wall's time. */
  public FailoverKey(
      Optional<String> leader,
      Optional<String> candidate,
      Optional<Instant> scheduledAt,
      Instant since) {
    this(leader, candidate, scheduledAt, scheduledAt, since);
  }

  /**
   * The same, with the moment it is due by another clock.
   *
   * @param now what that clock tells now
   * @param wall what the wall clock tells now
   */
  public FailoverKey by(Instant now, Instant wall) {
    return new FailoverKey(
        leader,
        candidate,
        scheduledAt,
        scheduledAt.map(at -> now.plus(Duration.between(wall, at))),
        since);
  }

  /** When it came due, or was first seen if that was later. */
  Instant dueSince() {
    return dueAt.filter(at -> at.isAfter(since)).orElse(since);
  }

  /** Whether it has come due. */
  public boolean due(Instant now) {
    return dueAt.map(at -> !now.isBefore(at)).orElse(true);
  }
}
