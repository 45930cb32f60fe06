package io.trunkline.daemon.log;

import java.util.Map;

/** {@code leader_changed cluster=main to=pg-2}: an event as one line, whatever is in it. */
public final class EventText {
  private EventText() {}

  /** Its name and its fields. */
  public static String of(String name, Map<String, String> fields) {
    StringBuilder line = new StringBuilder(160).append(Escape.name(name));
    fields.forEach(
        (field, value) ->
            line.append(' ').append(Escape.name(field)).append('=').append(Escape.value(value)));
    return line.toString();
  }
}
