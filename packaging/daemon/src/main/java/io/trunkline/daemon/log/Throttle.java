package io.trunkline.daemon.log;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.OptionalInt;
import java.util.SequencedMap;

/** Lets the same message through once per period, and tells how many were left out in between. */
final class Throttle {
  private final Duration period;
  private final int remembered;
  private final SequencedMap<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(Instant until, int leftOut) {}

  /**
   * @param period at most one message of a kind in it
   * @param remembered how many kinds are told apart; the oldest is forgotten first
   */
  Throttle(Duration period, int remembered) {
    this.period = period;
    this.remembered = remembered;
  }

  /** How many like it were left out since the last one that passed; empty: leave this one out. */
  synchronized OptionalInt pass(String message, Instant now) {
    Entry entry = entries.remove(message);
    if (entry != null && now.isBefore(entry.until())) {
      entries.put(message, new Entry(entry.until(), entry.leftOut() + 1));
      return OptionalInt.empty();
    }
    if (entries.size() >= remembered) {
      entries.pollFirstEntry();
    }
    entries.put(message, new Entry(now.plus(period), 0));
    return OptionalInt.of(entry == null ? 0 : entry.leftOut());
  }
}
