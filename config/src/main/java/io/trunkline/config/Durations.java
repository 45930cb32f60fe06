package io.trunkline.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 300ms 2s 5m 1h}: a whole number and a unit. */
final class Durations {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h)");
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private Durations() {}

  /** Throws with what would be right. */
  static Duration parse(String text) throws NotUnderstood {
    Matcher written = WRITTEN.matcher(text);
    if (written.matches()) {
      return Duration.ofMillis(Long.parseLong(written.group(1)) * millis(written.group(2)));
    }
    if (NUMBER.matcher(text).matches()) {
      throw new NotUnderstood(
          "%s has no unit; write %ss for seconds or %sms for milliseconds"
              .formatted(Shown.of(text), text, text));
    }
    throw new NotUnderstood(
        Shown.of(text)
            + " is not a duration; write a whole number and a unit, as in 300ms, 2s, 5m or 1h");
  }

  /** The shortest text that {@link #parse} reads as this duration. */
  static String format(Duration duration) {
    long millis = duration.toMillis();
    if (millis == 0) {
      return "0s";
    }
    for (String unit : new String[] {"h", "m", "s"}) {
      if (millis % millis(unit) == 0) {
        return millis / millis(unit) + unit;
      }
    }
    return millis + "ms";
  }

  private static long millis(String unit) {
    return switch (unit) {
      case "h" -> 3_600_000;
      case "m" -> 60_000;
      case "s" -> 1000;
      default -> 1;
    };
  }
}
