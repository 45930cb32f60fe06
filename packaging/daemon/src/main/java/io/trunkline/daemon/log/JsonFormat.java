package io.trunkline.daemon.log;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.routing.Event;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** One JSON object per line: {@code at}, {@code severity}, {@code event}, {@code fields}. */
final class JsonFormat implements LineFormat {
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
