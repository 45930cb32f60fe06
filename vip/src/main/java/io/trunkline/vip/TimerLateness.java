package io.trunkline.vip;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * How late the timers of the protocol fire: a histogram, written by the protocol's thread and read
 * by any.
 */
public final class TimerLateness {
  private static final List<Duration> BOUNDS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000).map(Duration::ofMillis).toList();
  private static final long[] BOUND_NANOS = BOUNDS.stream().mapToLong(Duration::toNanos).toArray();

  private final AtomicLongArray counts = new AtomicLongArray(BOUND_NANOS.length + 1);
  private final AtomicLong worst = new AtomicLong();
  private final AtomicLong total = new AtomicLong();

  /**
   * One timer fired that late.
   *
   * @param late nanoseconds
   */
  void record(long late) {
    long nanos = Math.max(0, late);
    int bucket = 0;
    while (bucket < BOUND_NANOS.length && nanos > BOUND_NANOS[bucket]) {
      bucket++;
    }
    counts.incrementAndGet(bucket);
    total.addAndGet(nanos);
    worst.accumulateAndGet(nanos, Math::max);
  }

  /**
   * What was measured.
   *
   * @param upTo for each bound, how many timers were at most that late
   * @param count how many there were
   */
  public record Snapshot(Map<Duration, Long> upTo, long count, Duration sum, Duration worst) {}

  /** What was measured so far. */
  public Snapshot snapshot() {
    Map<Duration, Long> upTo = new LinkedHashMap<>();
    long count = 0;
    for (int i = 0; i < BOUND_NANOS.length; i++) {
      count += counts.get(i);
      upTo.put(BOUNDS.get(i), count);
    }
    count += counts.get(BOUND_NANOS.length);
    return new Snapshot(upTo, count, Duration.ofNanos(total.get()), Duration.ofNanos(worst.get()));
  }
}
