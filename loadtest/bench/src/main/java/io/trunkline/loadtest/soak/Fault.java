package io.trunkline.loadtest.soak;

import java.time.Duration;

/**
 * One fault of a storm.
 *
 * @param begin since the storm began
 */
record Fault(Verb verb, Role role, Duration begin, Duration length) {
  Duration end() {
    return begin.plus(length);
  }

  @Override
  public String toString() {
    return "%3d s to %3d s: %s (%s)"
        .formatted(begin.toSeconds(), end().toSeconds(), verb.title(), role.title());
  }
}
