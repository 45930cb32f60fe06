package io.trunkline.importer.haproxy;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times of haproxy.cfg: a number and us, ms, s, m, h or d; without a unit, milliseconds. */
final class HaproxyTime {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(us|ms|s|m|h|d)?");

  private HaproxyTime() {}

  static Optional<Duration> parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(written.group(1));
    String unit = written.group(2) == null ? "ms" : written.group(2);
    return Optional.of(
        switch (unit) {
          case "us" -> Duration.ofNanos(number * 1000);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofMillis(number);
        });
  }
}
