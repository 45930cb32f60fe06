package io.trunkline.daemon.cli;

import io.trunkline.daemon.log.EventText;
import io.trunkline.daemon.status.EventsReport.EventReport;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An event for people: {@code 2026-11-21 11:00:00.123+01:00 WARN leader_key_lost cluster=main}.
 *
 * @param zone of the clock on the reader's wall
 */
record EventScreen(TerminalText terminal, ZoneId zone) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSxxx", Locale.ROOT);

  String render(EventReport event) {
    String time = TIME.format(Instant.parse(event.at()).atZone(zone));
    String severity = "%-5s".formatted(event.severity().toUpperCase(Locale.ROOT));
    String coloured =
        switch (event.severity()) {
          case "error" -> terminal.bad(severity);
          case "warn" -> terminal.wary(severity);
          default -> terminal.plain(severity);
        };
    String text = terminal.plain(EventText.of(event.event(), event.fields()));
    return terminal.dim(time) + " " + coloured + " " + text;
  }
}
