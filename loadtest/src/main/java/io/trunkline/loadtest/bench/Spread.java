package io.trunkline.loadtest.bench;

import java.util.Locale;
import java.util.stream.DoubleStream;

/** The middle and the ends of several measurements. */
record Spread(double median, double least, double most) {

  static Spread of(DoubleStream values) {
    double[] sorted = values.sorted().toArray();
    int half = sorted.length / 2;
    double median = sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.3f (%.3f–%.3f)", median, least, most);
  }
}
