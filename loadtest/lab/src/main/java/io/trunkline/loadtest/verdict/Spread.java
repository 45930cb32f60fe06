package io.trunkline.loadtest.verdict;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The middle and the ends of several measurements. */
public record Spread(double median, double least, double most) {

  /** Of one value at least. */
  public static Spread of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  /** {@code 1.5 (1.2–1.9)}, with so many decimals. */
  public String text(int decimals) {
    String number = "%." + decimals + "f";
    return String.format(
        Locale.ROOT, number + " (" + number + "–" + number + ")", median, least, most);
  }
}
