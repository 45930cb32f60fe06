package io.trunkline.daemon.log;

import io.trunkline.routing.Event;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** {@code 2026-11-21T10:00:00.123Z INFO leader_changed cluster=main to=pg-2}. */
final class TextFormat implements LineFormat {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private final boolean timestamps;

  TextFormat(boolean timestamps) {
    this.timestamps = timestamps;
  }

  @Override
  public String format(Event event) {
    StringBuilder line = new StringBuilder(160);
    if (timestamps) {
      TIME.formatTo(event.at(), line);
      line.append(' ').append(event.severity()).append(' ');
    }
    return line.append(EventText.of(event.label(), event.fields())).toString();
  }
}
