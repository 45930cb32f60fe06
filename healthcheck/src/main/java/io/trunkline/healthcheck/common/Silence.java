package io.trunkline.healthcheck.common;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Notices that something which asks again and again, and is always told an answer or a failure, has
 * not been told anything for too long: a defect, whatever its cause.
 */
public final class Silence {
  /** From the first look that finds it to the alarm: a process that was stopped hears first. */
  private static final Duration CONFIRM = Duration.ofSeconds(2);

  private final Duration limit;
  private Instant heardAt;
  private @Nullable Instant suspectedAt;

  /**
   * @param limit the longest time between two answers or failures while all is well
   */
  public Silence(Duration limit, Instant now) {
    this.limit = limit;
    this.heardAt = now;
  }

  public void heard(Instant now) {
    heardAt = now;
    suspectedAt = null;
  }

  /**
   * How long it has lasted, once that is too long; to be asked every moment. It is told once: who
   * asks begins anew.
   */
  public Optional<Duration> tooLong(Instant now) {
    Duration lasted = Duration.between(heardAt, now);
    if (lasted.compareTo(limit) <= 0) {
      return Optional.empty();
    }
    if (suspectedAt == null) {
      suspectedAt = now;
    }
    if (!now.isAfter(suspectedAt.plus(CONFIRM))) {
      return Optional.empty();
    }
    heard(now);
    return Optional.of(lasted);
  }
}
