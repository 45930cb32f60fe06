package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The same load through several contenders, one after the other, round after round: what disturbs
 * the machine for a while disturbs all of them, and ratios within a round stay true.
 */
final class Rounds {
  private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

  /** Each round begins with another contender, so that none is always the first. */
  static Rounds measure(Pgbench load, List<Contender> contenders, int rounds, int seconds)
      throws IOException, InterruptedException {
    Rounds measured = new Rounds();
    contenders.forEach(it -> measured.samples.put(it.name(), new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((round + i) % contenders.size());
        Sample sample = load.run(contender, seconds);
        measured.samples.get(contender.name()).add(sample);
        System.out.printf(
            "%s, round %d of %d, %s: %.0f/s, %.0f µs, %.1f µs of processor time each%n",
            load.title(),
            round + 1,
            rounds,
            contender.name(),
            sample.rate(),
            sample.latencyMicros(),
            sample.processorMicros());
      }
    }
    return measured;
  }

  Map<String, List<Sample>> samples() {
    return samples;
  }

  double median(String contender, ToDoubleFunction<Sample> figure) {
    return Spread.of(samples.get(contender).stream().mapToDouble(figure)).median();
  }

  /** How that figure of one contender relates to another one's, round by round. */
  Spread ratio(String of, String to, ToDoubleFunction<Sample> figure) {
    double[] ratios = new double[samples.get(of).size()];
    Arrays.setAll(
        ratios,
        round ->
            figure.applyAsDouble(samples.get(of).get(round))
                / figure.applyAsDouble(samples.get(to).get(round)));
    return Spread.of(Arrays.stream(ratios));
  }
}
