package io.trunkline.config;

/** A value from the file as a message may show it: quoted, short, without credentials. */
final class Shown {
  private static final int LONGEST = 60;

  private Shown() {}

  static String of(String text) {
    String visible = text.substring(text.lastIndexOf('@') + 1);
    StringBuilder shown = new StringBuilder("\"");
    if (visible.length() < text.length()) {
      shown.append("********@");
    }
    int end = Math.min(visible.length(), LONGEST);
    for (int i = 0; i < end; i++) {
      char c = visible.charAt(i);
      shown.append(Character.isISOControl(c) || Character.isSurrogate(c) ? '?' : c);
    }
    return shown.append(end < visible.length() ? "…\"" : "\"").toString();
  }
}
