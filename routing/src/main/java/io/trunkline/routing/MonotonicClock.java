package io.trunkline.routing;

import java.time.Instant;
import java.time.InstantSource;

/**
 * A clock that starts at the wall's time and then only moves forward at the pace of {@link
 * System#nanoTime}: a stepped wall clock neither ages evidence nor makes it young. It keeps a wrong
 * time from the start, so it is not compared with moments that others tell.
 */
public final class MonotonicClock implements InstantSource {
  private final Instant start = Instant.now();
  private final long origin = System.nanoTime();

  @Override
  public Instant instant() {
    return start.plusNanos(System.nanoTime() - origin);
  }
}
