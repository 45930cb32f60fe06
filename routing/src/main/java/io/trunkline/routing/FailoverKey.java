package io.trunkline.routing;

import java.time.Instant;
import java.util.Optional;

/**
 * Patroni's {@code failover} key: somebody asked for a switchover or a failover.
 *
 * @param leader who is to step down; empty in a manual failover
 * @param candidate who is to take over; empty: anybody
 * @param scheduledAt when it is due; empty: now
 * @param since when this process first saw it
 */
public record FailoverKey(
    Optional<String> leader,
    Optional<String> candidate,
    Optional<Instant> scheduledAt,
    Instant since) {

  /** When it came due, or was first seen if that was later. */
  Instant dueSince() {
    return scheduledAt.filter(at -> at.isAfter(since)).orElse(since);
  }

  /** Whether it has come due. */
  public boolean due(Instant now) {
    return scheduledAt.map(at -> !now.isBefore(at)).orElse(true);
  }
}
