package io.trunkline.importer.patroni;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as Patroni takes them: units in any case; bytes without one. */
final class PatroniSize {
  private static final Pattern WRITTEN =
      Pattern.compile("(\\d{1,15})\\s*(b|kb|mb|gb|tb)?", Pattern.CASE_INSENSITIVE);

  private PatroniSize() {}

  /** As Trunkline writes it, at least one byte; empty for what is no size. */
  static Optional<String> parse(String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    if (!written.matches()) {
      return Optional.empty();
    }
    long number = Math.max(1, Long.parseLong(written.group(1)));
    if (written.group(2) != null) {
      String unit = written.group(2).toUpperCase(Locale.ROOT);
      return Optional.of(number + (unit.equals("KB") ? "kB" : unit));
    }
    long bytes = number;
    String unit = "B";
    for (String larger : new String[] {"kB", "MB", "GB"}) {
      if (bytes % 1024 != 0) {
        break;
      }
      bytes /= 1024;
      unit = larger;
    }
    return Optional.of(bytes + unit);
  }
}
