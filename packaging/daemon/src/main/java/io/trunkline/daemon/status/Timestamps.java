package io.trunkline.daemon.status;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Moments and ages as the report prints them. */
public final class Timestamps {
  private Timestamps() {}

  /** ISO 8601 with milliseconds at most. */
  public static String text(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  static @Nullable String text(Optional<Instant> moment) {
    return moment.filter(at -> !at.equals(Instant.MIN)).map(Timestamps::text).orElse(null);
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1000.0;
  }

  static @Nullable Double age(Optional<Instant> moment, Instant now) {
    return moment
        .filter(at -> !at.equals(Instant.MIN))
        .map(at -> Math.max(0, seconds(Duration.between(at, now))))
        .orElse(null);
  }
}
