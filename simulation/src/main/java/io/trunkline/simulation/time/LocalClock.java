package io.trunkline.simulation.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The clocks of one simulated machine: a steady one, which runs a little too fast or too slow, as
 * quartz does, and the time of day, which is wrong besides.
 */
public final class LocalClock {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");

  private final Scheduler scheduler;
  private final double rate;
  private long wallOffset;

  /**
   * @param rate nanoseconds of this clock in one of the true time
   * @param wallOffset nanoseconds by which the time of day is ahead
   */
  public LocalClock(Scheduler scheduler, double rate, long wallOffset) {
    this.scheduler = scheduler;
    this.rate = rate;
    this.wallOffset = wallOffset;
  }

  /** Nanoseconds since the simulation began, as this machine counts them. */
  public long nanoTime() {
    return (long) (scheduler.now() * rate);
  }

  /** The true moment at which {@link #nanoTime} is that, or a nanosecond later. */
  public long trueTime(long nanoTime) {
    long at = (long) Math.ceil(nanoTime / rate);
    return (long) (at * rate) < nanoTime ? at + 1 : at;
  }

  /** The steady clock. */
  public InstantSource steady() {
    return () -> START.plusNanos(nanoTime());
  }

  /** The time of day. */
  public InstantSource wall() {
    return () -> START.plusNanos(nanoTime() + wallOffset);
  }

  /** Sets the time of day, so many nanoseconds ahead of the true one. */
  public void setWall(long ahead) {
    wallOffset = ahead;
  }
}
