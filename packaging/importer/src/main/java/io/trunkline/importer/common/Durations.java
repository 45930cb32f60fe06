package io.trunkline.importer.common;

import java.time.Duration;

/** Durations as Trunkline's file has them. */
public final class Durations {
  private Durations() {}

  /** In the largest unit that divides it: {@code 300ms 4s 30m}. */
  public static String written(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    return millis >= 60_000 && millis % 60_000 == 0 ? millis / 60_000 + "m" : millis / 1000 + "s";
  }

  /** The nearest one between these two. */
  public static Duration within(Duration duration, Duration least, Duration most) {
    if (duration.compareTo(least) < 0) {
      return least;
    }
    return duration.compareTo(most) > 0 ? most : duration;
  }
}
