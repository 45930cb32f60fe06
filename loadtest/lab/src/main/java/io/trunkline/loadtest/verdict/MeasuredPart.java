package io.trunkline.loadtest.verdict;

/**
 * The part of a page that a command writes, between two lines that mark it.
 *
 * @param command as in the Makefile
 */
public record MeasuredPart(String command) {
  private static final String END = "<!-- measured: end -->\n";

  /** The page with another measured part; the rest stays as people wrote it. */
  public String replacedIn(String page, String measured) {
    int begin = page.indexOf(begin());
    int end = page.indexOf(END, Math.max(begin, 0));
    if (begin < 0 || end < 0) {
      throw new IllegalArgumentException(
          "the page needs these two lines, in this order: " + begin() + END);
    }
    return page.substring(0, begin + begin().length())
        + "\n"
        + measured
        + "\n"
        + page.substring(end);
  }

  private String begin() {
    return "<!-- measured: begin (make " + command + ") -->\n";
  }
}
