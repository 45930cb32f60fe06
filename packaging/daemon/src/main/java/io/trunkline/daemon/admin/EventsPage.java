package io.trunkline.daemon.admin;

import io.trunkline.daemon.admin.EventHistory.Numbered;
import io.trunkline.daemon.status.EventsReport;
import io.trunkline.daemon.status.EventsReport.EventReport;
import io.trunkline.daemon.status.Timestamps;
import io.trunkline.routing.Event;
import java.time.Instant;
import java.util.List;

/** {@code /api/v1/events?since=}: what has happened after the event of that number. */
final class EventsPage {
  private final EventHistory history;
  private final Instant startedAt;

  /**
   * @param startedAt when the daemon began
   */
  EventsPage(EventHistory history, Instant startedAt) {
    this.history = history;
    this.startedAt = startedAt;
  }

  AdminResponse show(AdminRequest request) {
    long since;
    try {
      since = Long.parseLong(request.parameter("since").orElse("0"));
    } catch (NumberFormatException e) {
      return AdminResponse.text(400, "since: the number of an event, as in ?since=17");
    }
    List<EventReport> events = history.since(since).stream().map(EventsPage::report).toList();
    long last = events.isEmpty() ? history.last() : events.getLast().seq();
    return AdminResponse.json(new EventsReport(Timestamps.text(startedAt), last, events));
  }

  static EventReport report(Numbered numbered) {
    Event event = numbered.event();
    return new EventReport(
        numbered.seq(),
        event.at().toString(),
        event.severity().label(),
        event.label(),
        event.fields());
  }
}
