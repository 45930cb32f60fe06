package io.trunkline.daemon.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Ages and sizes as people say them. */
final class Quantities {
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB", "PB", "EB");

  private Quantities() {}

  /** {@code 0.4s}, {@code 12s}, {@code 3m 5s}, {@code 2h 3m}, {@code 5d 4h}. */
  static String span(double seconds) {
    if (seconds < 10) {
      return String.format(Locale.ROOT, "%.1fs", Math.max(0, seconds));
    }
    long whole = (long) seconds;
    if (whole < 60) {
      return whole + "s";
    }
    if (whole < 3600) {
      return whole / 60 + "m " + whole % 60 + "s";
    }
    if (whole < 86_400) {
      return whole / 3600 + "h " + whole % 3600 / 60 + "m";
    }
    return whole / 86_400 + "d " + whole % 86_400 / 3600 + "h";
  }

  /** From one ISO 8601 moment to another. */
  static String span(String from, String to) {
    Duration between = Duration.between(Instant.parse(from), Instant.parse(to));
    return span(between.toMillis() / 1000.0);
  }

  /** Powers of 1024, as PostgreSQL has them; a dash for what is unknown. */
  static String bytes(@Nullable Long bytes) {
    if (bytes == null) {
      return "-";
    }
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.size() - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 || value >= 10
        ? String.format(Locale.ROOT, "%.0f %s", value, UNITS.get(unit))
        : String.format(Locale.ROOT, "%.1f %s", value, UNITS.get(unit));
  }
}
