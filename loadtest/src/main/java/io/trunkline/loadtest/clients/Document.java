package io.trunkline.loadtest.clients;

/** A page with a part that a command writes, between two lines that mark it. */
final class Document {
  static final String BEGIN = "<!-- measured: begin (make clients) -->\n";
  static final String END = "<!-- measured: end -->\n";

  private Document() {}

  /** The page with another measured part; the rest stays as people wrote it. */
  static String with(String page, String measured) {
    int begin = page.indexOf(BEGIN);
    int end = page.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          "the page needs these two lines, in this order: " + BEGIN + END);
    }
    return page.substring(0, begin + BEGIN.length()) + "\n" + measured + "\n" + page.substring(end);
  }
}
