package io.trunkline.config;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code 16MB}: a whole number and one of PostgreSQL's units, which are powers of 1024. */
final class Sizes {
  private static final Pattern WRITTEN = Pattern.compile("(\\d{1,15}) ?([A-Za-z]*)");
  private static final List<String> UNITS = List.of("B", "kB", "MB", "GB", "TB");

  private Sizes() {}

  /** Bytes. Throws with what would be right. */
  static long parse(String text) throws NotUnderstood {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      throw new NotUnderstood(
          Shown.of(text) + " is not a size; write a whole number and a unit, as in 16MB");
    }
    String number = written.group(1);
    String unit = written.group(2);
    if (unit.isEmpty()) {
      throw new NotUnderstood(
          Shown.of(text) + " has no unit; write " + number + "B for bytes or " + number + "MB");
    }
    int power = UNITS.indexOf(unit);
    if (power < 0) {
      throw new NotUnderstood(
          Shown.of(text)
              + " has an unknown unit; write "
              + number
              + nearest(unit)
              + " (the units are B, kB, MB, GB and TB)");
    }
    long bytes = 1L << (10 * power);
    long count = Long.parseLong(number);
    if (count > Long.MAX_VALUE / bytes) {
      throw new NotUnderstood(Shown.of(text) + " is more than can be counted");
    }
    return count * bytes;
  }

  /** The shortest text that {@link #parse} reads as this many bytes. */
  static String format(long bytes) {
    int power = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, UNITS.size() - 1);
    return (bytes >> (10 * power)) + UNITS.get(power);
  }

  /** {@code mb}, {@code M} and {@code MiB} are all MB. */
  private static String nearest(String unit) {
    String first = unit.substring(0, 1).toLowerCase(Locale.ROOT);
    return UNITS.stream()
        .filter(known -> known.toLowerCase(Locale.ROOT).startsWith(first))
        .findFirst()
        .orElse("MB");
  }
}
