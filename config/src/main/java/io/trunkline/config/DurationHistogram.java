package io.trunkline.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;

/** How long something took, each time. Written and read by any thread. */
public final class DurationHistogram {
  private final List<Duration> bounds;
  private final long[] boundNanos;
  private final AtomicLongArray counts;
  private final AtomicLong worst = new AtomicLong();
  private final AtomicLong total = new AtomicLong();

  /**
   * @param boundsMillis up to how many milliseconds each bucket goes, in order; one more bucket has
   *     what is beyond
   */
  public DurationHistogram(int... boundsMillis) {
    this.bounds = IntStream.of(boundsMillis).mapToObj(Duration::ofMillis).toList();
    this.boundNanos = bounds.stream().mapToLong(Duration::toNanos).toArray();
    this.counts = new AtomicLongArray(boundNanos.length + 1);
  }

  /**
   * It took that long, once.
   *
   * @param took nanoseconds; less than none counts as none
   */
  public void record(long took) {
    long nanos = Math.max(0, took);
    int bucket = 0;
    while (bucket < boundNanos.length && nanos > boundNanos[bucket]) {
      bucket++;
    }
    counts.incrementAndGet(bucket);
    total.addAndGet(nanos);
    worst.accumulateAndGet(nanos, Math::max);
  }

  /**
   * What was measured.
   *
   * @param upTo for each bound, how often it took at most that long
   * @param count how often there was anything
   */
  public record Snapshot(Map<Duration, Long> upTo, long count, Duration sum, Duration worst) {}

  /** What was measured so far. */
  public Snapshot snapshot() {
    Map<Duration, Long> upTo = new LinkedHashMap<>();
    long count = 0;
    for (int i = 0; i < boundNanos.length; i++) {
      count += counts.get(i);
      upTo.put(bounds.get(i), count);
    }
    count += counts.get(boundNanos.length);
    return new Snapshot(upTo, count, Duration.ofNanos(total.get()), Duration.ofNanos(worst.get()));
  }
}
