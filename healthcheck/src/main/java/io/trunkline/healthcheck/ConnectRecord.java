package io.trunkline.healthcheck;

import io.trunkline.routing.ConnectHealth;
import java.time.Instant;
import java.util.Optional;

/** What sessions found when they dialled one member. */
final class ConnectRecord {
  private ConnectHealth health = ConnectHealth.UNKNOWN;

  ConnectHealth health() {
    return health;
  }

  /** Whether that changes what is believed of the member. */
  boolean connected(Instant now) {
    boolean news = health.failure().isPresent() || health.lastSuccess().isEmpty();
    health =
        new ConnectHealth(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(now),
            health.standbySeenAt());
    return news;
  }

  /** Whether that changes what is believed of the member. */
  boolean failed(Instant now, String failure) {
    boolean news = health.failure().isEmpty();
    health =
        new ConnectHealth(
            Optional.of(failure),
            health.failingSince().or(() -> Optional.of(now)),
            Optional.of(now),
            health.lastSuccess(),
            health.standbySeenAt());
    return news;
  }

  /** A session that wanted to write found it in recovery. */
  void standbySeen(Instant now) {
    health =
        new ConnectHealth(
            health.failure(),
            health.failingSince(),
            health.failedAt(),
            health.lastSuccess(),
            Optional.of(now));
  }
}
