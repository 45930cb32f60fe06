package io.trunkline.loadtest.verdict;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.Promotion;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whose time a gap was: Patroni's until a new primary accepts writes, the proxy's from then until a
 * commit through it is acknowledged. A gap without a promotion is the proxy's alone.
 */
public record Shares(Duration patroni, Duration proxy) {

  static Shares of(Gap gap, List<Sample> samples, GroundTruth truth) {
    Instant writable =
        promotion(gap, samples, truth).map(Promotion::acceptsWrites).orElse(gap.start());
    return new Shares(
        Duration.between(gap.start(), writable), Duration.between(writable, gap.end()));
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
}
