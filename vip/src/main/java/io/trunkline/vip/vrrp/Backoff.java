package io.trunkline.vip.vrrp;

import java.time.Duration;
import java.time.Instant;

/**
 * How long a node leaves the addresses with a living master after it stood still or hung itself. It
 * is longer each time, up to {@link #LONGEST}, and shorter again after {@link #CALM} without.
 *
 * @param failures how many count, at most {@value #MOST}
 * @param until when it ends; {@link Instant#MAX}: the node hangs still
 */
public record Backoff(int failures, Instant until) {
  /** After the first failure; then twice as long each time. */
  static final Duration FIRST = Duration.ofSeconds(5);

  static final Duration LONGEST = Duration.ofMinutes(5);

  /** After so long one failure less counts. */
  static final Duration CALM = Duration.ofMinutes(10);

  /** With these it is {@link #LONGEST}. */
  static final int MOST = 7;

  static final Backoff NONE = new Backoff(0, Instant.MIN);

  Backoff failed(Instant now) {
    return new Backoff(Math.min(counting(now) + 1, MOST), Instant.MAX);
  }

  /** It does not hang any more, if it did: the waiting begins. */
  Backoff recovered(Instant now) {
    return until.equals(Instant.MAX) ? new Backoff(failures, now.plus(length())) : this;
  }

  private Duration length() {
    Duration length = FIRST.multipliedBy(1L << (failures - 1));
    return length.compareTo(LONGEST) < 0 ? length : LONGEST;
  }

  private int counting(Instant now) {
    if (failures == 0 || !until.isBefore(now)) {
      return failures;
    }
    long forgotten = Duration.between(until, now).dividedBy(CALM);
    return (int) Math.max(0, failures - forgotten);
  }
}
