package io.trunkline.vip;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * The time of the protocol's thread: as a number of nanoseconds, which costs nothing to make and to
 * compare, and as the moment that the machine and people are told. It runs with {@link
 * System#nanoTime} and never jumps.
 */
public final class LoopTime {
  /** Later than everything. */
  public static final long NEVER = Long.MAX_VALUE;

  private final LongSupplier nanoTime;
  private final Instant start;
  private final long origin;

  /** Begins at what that clock says now. */
  public LoopTime(InstantSource clock) {
    this(clock, System::nanoTime);
  }

  /**
   * Begins at what that clock says now.
   *
   * @param nanoTime how it goes on
   */
  public LoopTime(InstantSource clock, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    start = clock.instant();
    origin = nanoTime.getAsLong();
  }

  /** Nanoseconds since the beginning. */
  public long now() {
    return nanoTime.getAsLong() - origin;
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
