package io.trunkline.proxy.backend;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** The nanoseconds of a clock that is never set, such as {@link System#nanoTime} tells them. */
record SteadyTime(InstantSource clock) implements LongSupplier {
  @Override
  public long getAsLong() {
    Instant now = clock.instant();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }
}
