package io.trunkline.daemon.log;

import java.util.Locale;
import java.util.Map;

/**
 * {@code leader_changed cluster=main to=pg-2}: an event as one line, whatever is in it. Nothing in
 * a field can end the line, begin another field or move the cursor.
 */
public final class EventText {
  private static final int LONGEST = 2_000;

  private EventText() {}

  /** Its name and its fields. */
  public static String of(String name, Map<String, String> fields) {
    StringBuilder line = new StringBuilder(160).append(escapedName(name));
    fields.forEach(
        (field, value) ->
            line.append(' ').append(escapedName(field)).append('=').append(escapedValue(value)));
    return line.toString();
  }

  /** The value itself where that is unmistakable, or else quoted. */
  static String escapedValue(String text) {
    boolean bare = !text.isEmpty() && text.length() <= LONGEST;
    for (int i = 0; bare && i < text.length(); i++) {
      char c = text.charAt(i);
      bare = c > ' ' && c != '"' && c != '=' && c != '\\' && !hidden(c);
    }
    return bare ? text : quoted(text);
  }

  /** A field name with anything but letters, digits and underscores replaced. */
  static String escapedName(String text) {
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      safe.append(c < 128 && Character.isLetterOrDigit(c) ? c : '_');
    }
    return safe.isEmpty() ? "_" : safe.toString();
  }

  private static String quoted(String text) {
    StringBuilder safe = new StringBuilder("\"");
    append(safe, text);
    return safe.append('"').toString();
  }

  private static void append(StringBuilder safe, String text) {
    int end = Math.min(text.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> safe.append("\\\"");
        case '\\' -> safe.append("\\\\");
        case '\n' -> safe.append("\\n");
        case '\r' -> safe.append("\\r");
        case '\t' -> safe.append("\\t");
        default -> {
          if (hidden(c)) {
            safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          } else {
            safe.append(c);
          }
        }
      }
    }
    if (end < text.length()) {
      safe.append('…');
    }
  }

  /** Control characters, line separators, and what changes the direction of writing. */
  private static boolean hidden(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
