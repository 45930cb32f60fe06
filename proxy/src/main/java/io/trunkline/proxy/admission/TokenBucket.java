package io.trunkline.proxy.admission;

/**
 * A rate with bursts, as one number: the time at which the bucket will be full again (the generic
 * cell rate algorithm, ITU-T I.371). Not thread-safe.
 */
public final class TokenBucket {
  private static final long SECOND = 1_000_000_000;

  private final Rate rate;
  private long fullAt;

  /**
   * What a bucket gives.
   *
   * @param perSecond at least 1
   * @param burst how many it gives at once when it is full, at least 1
   */
  public record Rate(int perSecond, int burst) {
    private long interval() {
      return SECOND / perSecond;
    }
  }

  /** A full one. */
  TokenBucket(Rate rate, long nanos) {
    this.rate = rate;
    this.fullAt = nanos;
  }

  /** Takes one; false when there is none. */
  boolean take(long nanos) {
    long base = fullAt - nanos > 0 ? fullAt : nanos;
    if (base - nanos > (rate.burst() - 1) * rate.interval()) {
      return false;
    }
    fullAt = base + rate.interval();
    return true;
  }
}
