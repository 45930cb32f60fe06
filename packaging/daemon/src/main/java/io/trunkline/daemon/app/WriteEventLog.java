package io.trunkline.daemon.app;

import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.TimelineMark;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteReason;
import io.trunkline.routing.WriteState;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Tells where writes go: {@code write_route_changed}, and how long they could go nowhere. */
final class WriteEventLog {
  /** What confirms the holder of the leader key: that one falls silent is told of itself. */
  private static final Set<WriteReason> CONFIRMATIONS =
      EnumSet.of(
          WriteReason.LEADER_KEY_AND_REST,
          WriteReason.LEADER_KEY_AND_SENTINEL,
          WriteReason.LEADER_KEY_ALONE);

  private final EventSink events;
  private Optional<Instant> nowhereSince = Optional.empty();

  WriteEventLog(EventSink events) {
    this.events = events;
  }

  void tell(Optional<RoutingTable> before, RoutingTable now) {
    WriteDecision from =
        before
            .map(RoutingTable::write)
            .orElseGet(() -> WriteDecision.initial(now.view().startedAt()));
    WriteDecision to = now.write();
    if (from.target().isEmpty() && nowhereSince.isEmpty()) {
      nowhereSince = Optional.of(from.since());
    }
    if (!sameRoute(from, to)) {
      events.emit(
          new Event(
              now.view().at(), severity(to), EventName.WRITE_ROUTE_CHANGED, fields(from, now)));
    }
    nowhereSince = to.target().isPresent() ? Optional.empty() : nowhereSince.or(() -> at(now));
  }

  private static Optional<Instant> at(RoutingTable table) {
    return Optional.of(table.view().at());
  }

  private static boolean sameRoute(WriteDecision from, WriteDecision to) {
    return from.state() == to.state()
        && (from.reason() == to.reason()
            || (CONFIRMATIONS.contains(from.reason()) && CONFIRMATIONS.contains(to.reason())))
        && from.target().equals(to.target())
        && from.blocked() == to.blocked();
  }

  private Map<String, String> fields(WriteDecision from, RoutingTable now) {
    WriteDecision to = now.write();
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("cluster", now.view().cluster());
    fields.put("from", describe(from));
    fields.put("to", describe(to));
    fields.put("reason", to.reason().label());
    fields.put("why", now.why());
    to.target().ifPresent(target -> fields.put("address", target.postgres().toString()));
    if (to.target().isEmpty()) {
      to.owner().ifPresent(owner -> fields.put("owner", owner));
    }
    if (to.blocked()) {
      fields.put("sessions", "blocked");
    }
    if (to.reason() == WriteReason.TIMELINE_REGRESSION) {
      fields.putAll(regression(now.view().mark()));
    }
    if (to.target().isPresent()) {
      nowhereSince.ifPresent(since -> fields.put("after_ms", millis(since, now.view().at())));
    }
    return fields;
  }

  private static Map<String, String> regression(TimelineMark mark) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("highest_timeline", String.valueOf(mark.timeline()));
    mark.member().ifPresent(member -> fields.put("seen_on", member));
    mark.regression()
        .ifPresent(
            found -> {
              fields.put("leader", found.member());
              fields.put("leader_timeline", String.valueOf(found.timeline()));
            });
    fields.put("hint", "to accept the older timeline, run trunkline cluster accept");
    return fields;
  }

  /** {@code open(pg-1)}, {@code holding}. */
  static String describe(WriteDecision decision) {
    String state = decision.state().label();
    return decision.target().map(target -> state + "(" + target.member() + ")").orElse(state);
  }

  private static Severity severity(WriteDecision to) {
    if (to.reason() == WriteReason.TIMELINE_REGRESSION
        || to.reason() == WriteReason.TWO_PRIMARIES) {
      return Severity.ERROR;
    }
    return to.state() == WriteState.OPEN || to.state() == WriteState.SWITCHING
        ? Severity.INFO
        : Severity.WARN;
  }

  private static String millis(Instant since, Instant until) {
    return String.valueOf(Duration.between(since, until).toMillis());
  }
}
