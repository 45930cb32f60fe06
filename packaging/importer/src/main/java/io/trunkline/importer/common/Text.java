package io.trunkline.importer.common;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Texts of foreign files, made fit for a comment, a message or a name. */
public final class Text {
  private static final int LONGEST = 60;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private Text() {}

  /** Without anything that would end a line or that no terminal shows. */
  static String printable(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints().forEach(c -> shown.appendCodePoint(isPrintable(c) ? c : '?'));
    return shown.toString();
  }

  private static boolean isPrintable(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }

  /** As a message may show it. */
  public static String shown(String text) {
    return printable(text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text);
  }

  /** Several, as a message may show them. */
  public static String shownAll(List<String> texts) {
    return texts.stream().map(Text::shown).collect(Collectors.joining(", "));
  }

  /** A whole number of up to nine digits. */
  public static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }

  /** The parts between commas, without blanks and without empty ones. */
  public static List<String> commaSeparated(String text) {
    return Arrays.stream(text.split(",", -1))
        .map(String::strip)
        .filter(it -> !it.isEmpty())
        .toList();
  }

  /** The words of a text, none of them twice. */
  public static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+", -1));
  }

  /** A name that Trunkline takes, that is not among those taken, and is from now on. */
  public static String uniqueName(String wanted, String otherwise, Set<String> taken) {
    String clean = wanted.replaceAll("[^A-Za-z0-9_.-]+", "-").replaceFirst("^[.-]+", "");
    String name = clean.isEmpty() ? otherwise : clean.substring(0, Math.min(clean.length(), 50));
    String unique = name;
    for (int n = 2; !taken.add(unique); n++) {
      unique = name + "-" + n;
    }
    return unique;
  }
}
