package io.trunkline.importer.common;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Scalars as Trunkline's file holds them: plain where that is safe, else in double quotes. */
final class YamlText {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z0-9_/]([A-Za-z0-9_./-]|:(?![:]))*(?<![:])");
  private static final Set<String> NULLS = Set.of("null", "Null", "NULL");

  private YamlText() {}

  /** The text as it is; <code>${NAME}</code> stays a reference to the environment. */
  static String of(String text) {
    return PLAIN.matcher(text).matches() && !NULLS.contains(text) ? text : quoted(text);
  }

  /** The text as it is, <code>${</code> included. */
  static String literal(String text) {
    return of(text.replace("${", "$${"));
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c >= 0x20 && c < 0x7f) {
                out.appendCodePoint(c);
              } else {
                out.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08X" : "\\u%04X", c));
              }
            });
    return out.append('"').toString();
  }
}
