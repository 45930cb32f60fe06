package io.trunkline.loadtest.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lines over an axis of steps that are equally far apart; the other axis is logarithmic.
 *
 * @param steps what is written under them
 * @param lines a value for each step
 */
record LineChart(String title, String unit, List<String> steps, Map<String, List<Double>> lines) {
  private static final int WIDTH = 860;
  private static final int HEIGHT = 420;
  private static final int LEFT = 80;
  private static final int RIGHT = 270;
  private static final int TOP = 60;
  private static final int BOTTOM = 50;

  String svg() {
    Svg svg = new Svg(WIDTH, HEIGHT, title);
    double[] values =
        lines.values().stream()
            .flatMap(List::stream)
            .mapToDouble(it -> it)
            .filter(it -> it > 0)
            .toArray();
    int low = (int) Math.floor(Math.log10(java.util.Arrays.stream(values).min().orElse(1)));
    int high = (int) Math.ceil(Math.log10(java.util.Arrays.stream(values).max().orElse(10)));
    for (int power = low; power <= Math.max(high, low + 1); power++) {
      double y = y(Math.pow(10, power), low, high);
      svg.line(LEFT, y, WIDTH - RIGHT, y, Svg.FAINT, 1);
      svg.text(LEFT - 8, y + 4, "end", number(Math.pow(10, power)) + " " + unit);
    }
    for (int i = 0; i < steps.size(); i++) {
      svg.text(x(i), HEIGHT - BOTTOM + 20, "middle", steps.get(i));
    }
    List<String> names = new ArrayList<>(lines.keySet());
    for (int i = 0; i < names.size(); i++) {
      String colour = Svg.COLOURS.get(i % Svg.COLOURS.size());
      draw(svg, lines.get(names.get(i)), colour, low, high);
      double y = TOP + 22.0 * i;
      svg.rectangle(WIDTH - RIGHT + 24, y - 9, 12, 12, colour);
      svg.text(WIDTH - RIGHT + 44, y + 2, "start", names.get(i));
    }
    return svg.document();
  }

  private void draw(Svg svg, List<Double> values, String colour, int low, int high) {
    for (int i = 0; i < values.size(); i++) {
      svg.dot(x(i), y(values.get(i), low, high), colour);
      if (i > 0) {
        svg.line(
            x(i - 1),
            y(values.get(i - 1), low, high),
            x(i),
            y(values.get(i), low, high),
            colour,
            2);
      }
    }
  }

  private double x(int step) {
    double wide = WIDTH - LEFT - RIGHT - 40.0;
    return LEFT + 20 + (steps.size() == 1 ? wide / 2 : wide * step / (steps.size() - 1));
  }

  private static double y(double value, int low, int high) {
    double share = (Math.log10(Math.max(value, Math.pow(10, low))) - low) / Math.max(1, high - low);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }

  private static String number(double value) {
    return value >= 1
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2g", value);
  }
}
