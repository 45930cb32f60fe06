package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.util.List;
import java.util.Locale;

/** One figure of many loads as bars in multiples of the best HAProxy, each with its goal. */
record GoalChart(String title, List<Bar> bars) {
  private static final int WIDTH = 860;
  private static final int LEFT = 330;
  private static final int RIGHT = 60;
  private static final int TOP = 74;
  private static final int STEP = 30;
  private static final int THICK = 16;
  private static final double MOST = 4;

  /**
   * @param goal as a multiple, too
   * @param met whether the median reaches it
   */
  record Bar(String name, Spread reached, double goal, boolean met) {}

  String svg() {
    int bottom = TOP + STEP * bars.size();
    Svg svg = new Svg(WIDTH, bottom + 40, title);
    svg.text(
        16,
        48,
        "start",
        "1 is the best HAProxy; the thin line is least to most; the tick is the goal");
    double end =
        Math.min(
            MOST,
            Math.max(
                1.5,
                bars.stream()
                    .mapToDouble(it -> Math.max(it.goal(), it.reached().most()))
                    .max()
                    .orElse(1)));
    for (double mark = 0; mark <= end; mark += 0.5) {
      svg.line(x(mark, end), TOP - 8, x(mark, end), bottom, Svg.FAINT, mark == 1 ? 2.5 : 1);
      svg.text(x(mark, end), bottom + 16, "middle", number(mark, 1));
    }
    for (int i = 0; i < bars.size(); i++) {
      draw(svg, bars.get(i), TOP + STEP * i, end);
    }
    return svg.document();
  }

  private static void draw(Svg svg, Bar bar, double y, double end) {
    Spread reached = bar.reached();
    double middle = y + THICK / 2.0;
    svg.text(LEFT - 10, middle + 4, "end", bar.name());
    svg.rectangle(
        LEFT, y, x(reached.median(), end) - LEFT, THICK, Svg.COLOURS.get(bar.met() ? 4 : 3));
    svg.line(x(reached.least(), end), middle, x(reached.most(), end), middle, Svg.INK, 1.5);
    svg.line(x(bar.goal(), end), y - 5, x(bar.goal(), end), y + THICK + 5, Svg.INK, 3);
    svg.text(WIDTH - 8, middle + 4, "end", number(reached.median(), 2));
  }

  private static double x(double value, double end) {
    return LEFT + Math.max(0, Math.min(value, end)) / end * (WIDTH - LEFT - RIGHT);
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
