package io.trunkline.daemon.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.routing.Event;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** How an event looks as one line, without the line's end. */
@FunctionalInterface
interface LineFormat {
  String format(Event event);

  /** {@code 2026-11-21T10:00:00.123Z INFO leader_changed cluster=main to=pg-2}. */
  record Text(boolean timestamps) implements LineFormat {
    private static final DateTimeFormatter TIME =
        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

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

  /** One JSON object per line: {@code at}, {@code severity}, {@code event}, {@code fields}. */
  final class Json implements LineFormat {
    private final ObjectMapper json = new ObjectMapper();

    @Override
    public String format(Event event) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("at", event.at().toString());
      line.put("severity", event.severity().label());
      line.put("event", event.label());
      line.put("fields", event.fields());
      try {
        return json.writeValueAsString(line);
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Puts journald's priority in front of another format's line (sd-daemon(3)). */
  record Prioritized(LineFormat line) implements LineFormat {

    @Override
    public String format(Event event) {
      int priority =
          switch (event.severity()) {
            case DEBUG -> 7;
            case INFO -> 6;
            case WARN -> 4;
            case ERROR -> 3;
          };
      return "<" + priority + ">" + line.format(event);
    }
  }
}
