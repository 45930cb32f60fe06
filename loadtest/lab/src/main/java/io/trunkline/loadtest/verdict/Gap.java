package io.trunkline.loadtest.verdict;

import java.time.Duration;
import java.time.Instant;

/** A time without an acknowledged commit. */
public record Gap(Instant start, Instant end) {
  public Duration length() {
    return Duration.between(start, end);
  }

  boolean longerThan(Gap other) {
    return length().compareTo(other.length()) > 0;
  }
}
