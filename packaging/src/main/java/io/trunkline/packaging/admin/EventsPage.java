package io.trunkline.packaging.admin;

import io.trunkline.packaging.admin.EventHistory.Numbered;
import io.trunkline.packaging.status.StatusJson;
import io.trunkline.routing.Event;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** {@code /api/v1/events?since=}: what has happened after the event of that number. */
final class EventsPage {
  private final EventHistory history;
  private final StatusJson json;

  EventsPage(EventHistory history, StatusJson json) {
    this.history = history;
    this.json = json;
  }

  /** The whole answer. */
  record Events(long last, List<Entry> events) {}

  /** One event. */
  record Entry(long seq, String at, String severity, String event, Map<String, String> fields) {}

  AdminResponse show(AdminRequest request) {
    long since;
    try {
      since = Long.parseLong(request.parameter("since").orElse("0"));
    } catch (NumberFormatException e) {
      return AdminResponse.text(400, "since: the number of an event, as in ?since=17");
    }
    List<Entry> entries = history.since(since).stream().map(EventsPage::entry).toList();
    long last = entries.isEmpty() ? history.last() : entries.getLast().seq();
    return AdminResponse.json(200, json.write(new Events(last, entries)));
  }

  static Entry entry(Numbered numbered) {
    Event event = numbered.event();
    return new Entry(
        numbered.seq(),
        event.at().toString(),
        event.severity().name().toLowerCase(Locale.ROOT),
        event.name(),
        event.fields());
  }
}
