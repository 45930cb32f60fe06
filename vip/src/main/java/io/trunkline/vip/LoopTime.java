package io.trunkline.vip;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/**
 * The time of the protocol's thread: as a number of nanoseconds, which costs nothing to make and to
 * compare, and as the moment that the machine and people are told. It runs with {@link
 * System#nanoTime} and never jumps.
 */
public final class LoopTime {
  /** Later than everything. */
  public static final long NEVER = Long.MAX_VALUE;

  private final Instant start;
  private final long origin;

  /** Begins at what that clock says now. */
  public LoopTime(InstantSource clock) {
    start = clock.instant();
    origin = System.nanoTime();
  }

  /** Nanoseconds since the beginning. */
  public long now() {
    return System.nanoTime() - origin;
  }

  /** The moment of that number. */
  public Instant moment(long nanos) {
    return start.plusNanos(nanos);
  }

  /** The number of that moment; {@link Instant#MAX} is {@link #NEVER}. */
  public long nanos(Instant moment) {
    return moment.equals(Instant.MAX) ? NEVER : start.until(moment, ChronoUnit.NANOS);
  }
}
