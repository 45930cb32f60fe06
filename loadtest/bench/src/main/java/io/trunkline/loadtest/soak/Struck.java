package io.trunkline.loadtest.soak;

import java.time.Duration;
import java.time.Instant;

/**
 * A fault that was there.
 *
 * @param target by name
 * @param until when it was undone
 * @param failure why it could not be done, or undone, as it should; empty if it could
 */
record Struck(Verb verb, String target, Instant from, Instant until, String failure) {

  /** Whether it was there at some moment of that time, or so long before. */
  boolean meets(Instant begin, Instant end, Duration before) {
    return !from.isAfter(end) && until.plus(before).isAfter(begin);
  }
}
