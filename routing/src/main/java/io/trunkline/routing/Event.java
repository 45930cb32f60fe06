package io.trunkline.routing;

import io.trunkline.config.Labelled;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something worth telling: one log line, one entry of {@code /api/v1/events}.
 *
 * @param at when
 * @param severity how much an operator should care
 * @param fields in the order they are printed; values are never secrets
 */
public record Event(Instant at, Severity severity, EventName name, Map<String, String> fields) {
  public Event {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /** Its name as it is logged: {@code leader_changed}. */
  public String label() {
    return name.label();
  }

  /** How much an operator should care. */
  public enum Severity implements Labelled {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /** An event with fields given as name, value, name, value. */
  public static Event of(Instant at, EventName name, Object... fields) {
    assert name.mildest() == name.worst() : name;
    return of(at, name.mildest(), name, fields);
  }

  /** The same for one that is not always as severe. */
  public static Event of(Instant at, Severity severity, EventName name, Object... fields) {
    if (fields.length % 2 != 0) {
      throw new IllegalArgumentException("fields come as name, value pairs");
    }
    Map<String, String> pairs = new LinkedHashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      pairs.put(String.valueOf(fields[i]), String.valueOf(fields[i + 1]));
    }
    return new Event(at, severity, name, pairs);
  }
}
