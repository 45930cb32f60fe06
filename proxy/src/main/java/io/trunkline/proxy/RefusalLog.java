package io.trunkline.proxy;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventSink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;

/** Tells of refused clients, once per reason and ten seconds, with how many there were. */
final class RefusalLog {
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final String listener;
  private final EventSink events;
  private final InstantSource clock;
  private final Map<SessionEnd, Tally> tallies = new EnumMap<>(SessionEnd.class);

  private static final class Tally {
    private Instant lastTold = Instant.MIN;
    private long untold;
  }

  RefusalLog(String listener, EventSink events, InstantSource clock) {
    this.listener = listener;
    this.events = events;
    this.clock = clock;
  }

  synchronized void refused(SessionEnd reason, String client, String why) {
    Instant now = clock.instant();
    Tally tally = tallies.computeIfAbsent(reason, _ -> new Tally());
    tally.untold++;
    if (tally.lastTold.plus(QUIET).isAfter(now)) {
      return;
    }
    events.emit(
        Event.of(
            now,
            Event.Severity.WARN,
            "client_refused",
            "listener",
            listener,
            "reason",
            reason.label(),
            "client",
            client,
            "count",
            tally.untold,
            "why",
            why));
    tally.lastTold = now;
    tally.untold = 0;
  }
}
