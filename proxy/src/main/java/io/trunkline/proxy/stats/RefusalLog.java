package io.trunkline.proxy.stats;

import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Tells of refused clients and of connections that broke, once per reason and ten seconds, with how
 * many there were.
 */
public final class RefusalLog {
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final String listener;
  private final EventSink events;
  private final InstantSource clock;
  private final Map<Object, Tally> tallies = new HashMap<>();

  /** Of what there is one tally. */
  private record Failed(ConnectionFailure.Side side, ConnectionFailure failure) {}

  private static final class Tally {
    private Instant lastTold = Instant.MIN;
    private long untold;
  }

  public RefusalLog(String listener, EventSink events, InstantSource clock) {
    this.listener = listener;
    this.events = events;
    this.clock = clock;
  }

  /** A client was refused. */
  public synchronized void refused(SessionEnd reason, String client, String why) {
    tell(
        reason,
        Event.Severity.WARN,
        EventName.CLIENT_REFUSED,
        client,
        "reason",
        reason.label(),
        why);
  }

  /**
   * @param client whose session it was
   */
  public synchronized void failed(
      ConnectionFailure.Side side, ConnectionFailure failure, String client, Throwable cause) {
    tell(
        new Failed(side, failure),
        failure == ConnectionFailure.INTERNAL ? Event.Severity.ERROR : Event.Severity.INFO,
        side == ConnectionFailure.Side.CLIENT
            ? EventName.CLIENT_CONNECTION_FAILED
            : EventName.MEMBER_CONNECTION_FAILED,
        client,
        "failure",
        failure.label(),
        String.valueOf(cause));
  }

  /** A client had to log in at the member itself, although this node was to do that. */
  public synchronized void loginPassedThrough(String member, String client, String why) {
    tell(
        EventName.LOGIN_PASSED_THROUGH,
        Event.Severity.WARN,
        EventName.LOGIN_PASSED_THROUGH,
        client,
        "member",
        member,
        why);
  }

  private void tell(
      Object what,
      Event.Severity severity,
      EventName name,
      String client,
      String kind,
      String label,
      String why) {
    Instant now = clock.instant();
    Tally tally = tallies.computeIfAbsent(what, _ -> new Tally());
    tally.untold++;
    if (tally.lastTold.plus(QUIET).isAfter(now)) {
      return;
    }
    events.emit(
        Event.of(
            now,
            severity,
            name,
            "listener",
            listener,
            kind,
            label,
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
