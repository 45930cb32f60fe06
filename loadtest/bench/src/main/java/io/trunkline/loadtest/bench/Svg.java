package io.trunkline.loadtest.bench;

import java.util.List;
import java.util.Locale;

/** A picture under construction: shapes and words on a white ground, with readable colours. */
public final class Svg {
  public static final String INK = "#24292f";
  public static final String FAINT = "#d0d7de";

  /** One per contender, told apart by people who see colours differently (Okabe and Ito, 2008). */
  public static final List<String> COLOURS =
      List.of(
          "#0072b2", "#e69f00", "#56b4e9", "#d55e00", "#009e73", "#cc79a7", "#999999", "#000000");

  private static final int SMALL = 12;

  private final StringBuilder content = new StringBuilder();
  private final int width;
  private final int height;

  public Svg(int width, int height, String title) {
    this.width = width;
    this.height = height;
    content.append(
        "<text x=\"16\" y=\"26\" font-size=\"16\" font-weight=\"bold\" fill=\"%s\">%s</text>%n"
            .formatted(INK, escaped(title)));
  }

  public Svg rectangle(double x, double y, double wide, double high, String colour) {
    content.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>%n",
            x,
            y,
            wide,
            high,
            colour));
    return this;
  }

  public Svg line(double x1, double y1, double x2, double y2, String colour, double thickness) {
    content.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\""
                + " stroke-width=\"%.1f\"/>%n",
            x1,
            y1,
            x2,
            y2,
            colour,
            thickness));
    return this;
  }

  public Svg dot(double x, double y, String colour) {
    content.append(
        String.format(
            Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>%n", x, y, colour));
    return this;
  }

  /**
   * @param anchor {@code start}, {@code middle} or {@code end}
   */
  public Svg text(double x, double y, String anchor, String words) {
    content.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" text-anchor=\"%s\""
                + " fill=\"%s\">%s</text>%n",
            x,
            y,
            SMALL,
            anchor,
            INK,
            escaped(words)));
    return this;
  }

  public String document() {
    return """
    <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
    font-family="DejaVu Sans, Verdana, sans-serif">
    <rect width="%1$d" height="%2$d" fill="#ffffff"/>
    %3$s</svg>
    """
        .formatted(width, height, content);
  }

  private static String escaped(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
