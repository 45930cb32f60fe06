package io.trunkline.daemon.cli;

/**
 * Text for a terminal, in colour where that is wanted. Whatever comes in, nothing but text comes
 * out: control characters are made visible.
 */
final class TerminalText {
  private final boolean colours;

  TerminalText(boolean colours) {
    this.colours = colours;
  }

  String plain(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints().forEach(point -> safe.appendCodePoint(hidden(point) ? '?' : point));
    return safe.toString();
  }

  String bold(String text) {
    return in("1", text);
  }

  String dim(String text) {
    return in("2", text);
  }

  String good(String text) {
    return in("32", text);
  }

  String wary(String text) {
    return in("33", text);
  }

  String bad(String text) {
    return in("31;1", text);
  }

  private String in(String code, String text) {
    return colours ? "\u001b[" + code + "m" + plain(text) + "\u001b[0m" : plain(text);
  }

  private static boolean hidden(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE ->
          true;
      default -> false;
    };
  }
}
