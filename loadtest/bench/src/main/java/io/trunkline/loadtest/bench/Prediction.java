package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.util.Locale;
import java.util.Optional;

/**
 * What the rows of {@link Scale} say of a machine with more processors. The time that a transaction
 * takes of a processor grows with the event loops, because they share the kernel and the caches,
 * and because a loop that is less busy finds fewer events at a time; if each further loop adds as
 * much as the second one did, N loops carry N / (1 + s (N - 1)) times as much as one (N. J.
 * Gunther's law without its term for coherency).
 *
 * @param one processor time of a transaction with one event loop, in µs
 * @param two the same with two
 */
record Prediction(double one, double two) {
  private static final int PROCESSORS = 32;

  static Optional<Prediction> of(Results results, Way way) {
    Optional<Spread> one = cost(results, "scale-1", way);
    Optional<Spread> two = cost(results, "scale-2", way);
    return one.isPresent() && two.isPresent()
        ? Optional.of(new Prediction(one.get().median(), two.get().median()))
        : Optional.empty();
  }

  private static Optional<Spread> cost(Results results, String row, Way way) {
    return results.row(row).flatMap(it -> it.spread(way, Figure.PROXY_CPU));
  }

  /** Transactions per second, if the proxy had that many processors for itself. */
  double perSecond(int processors) {
    double growth = Math.max(0, two / one - 1);
    return processors / (1 + growth * (processors - 1)) * 1e6 / one;
  }

  String text(Way way) {
    return String.format(
        Locale.ROOT,
        "%s took %.1f µs of a processor for a transaction with one event loop and %.1f µs with two,"
            + " beside client and server on the same processors: that is measured. Extrapolated,"
            + " not measured: %d processors of its own would carry %,.0f transactions/s if each"
            + " event loop adds to the time of all as the second one did, and %,.0f if none adds"
            + " anything.",
        way.title(),
        one,
        two,
        PROCESSORS,
        perSecond(PROCESSORS),
        PROCESSORS * 1e6 / one);
  }
}
