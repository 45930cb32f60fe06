package io.trunkline.loadtest.verdict;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.Promotion;
import io.trunkline.loadtest.lab.Tenure;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Whose time a gap was: Patroni's until a new primary accepts writes, the proxy's from then until a
 * commit through it is acknowledged. In a gap without a promotion, Patroni's is the time in which
 * no member accepted writes.
 */
record Shares(Duration patroni, Duration proxy) {

  static Shares of(Gap gap, List<Sample> samples, GroundTruth truth) {
    Duration patroni =
        promotion(gap, samples, truth)
            .map(promotion -> Duration.between(gap.start(), promotion.acceptsWrites()))
            .orElseGet(() -> gap.length().minus(writable(gap, truth.tenures())));
    return new Shares(patroni, gap.length().minus(patroni));
  }

  /**
   * The last promotion in the gap: of the member that ended the gap, or of any member when no
   * commit ended it.
   */
  private static Optional<Promotion> promotion(Gap gap, List<Sample> samples, GroundTruth truth) {
    Optional<String> server =
        samples.stream()
            .filter(s -> s.acknowledged() && s.end().equals(gap.end()))
            .findFirst()
            .flatMap(s -> Optional.ofNullable(s.server()))
            .flatMap(truth::memberAt);
    return truth.promotions().stream()
        .filter(p -> server.isEmpty() || p.member().equals(server.get()))
        .filter(p -> p.acceptsWrites().isAfter(gap.start()))
        .filter(p -> p.acceptsWrites().isBefore(gap.end()))
        .reduce((a, b) -> b);
  }

  /** How much of the gap some member accepted writes. */
  private static Duration writable(Gap gap, List<Tenure> tenures) {
    Duration total = Duration.ZERO;
    Instant counted = gap.start();
    List<Tenure> inOrder = tenures.stream().sorted(Comparator.comparing(Tenure::from)).toList();
    for (Tenure tenure : inOrder) {
      Instant from = later(tenure.from(), counted);
      Instant until = tenure.until().isBefore(gap.end()) ? tenure.until() : gap.end();
      if (from.isBefore(until)) {
        total = total.plus(Duration.between(from, until));
        counted = until;
      }
    }
    return total;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
