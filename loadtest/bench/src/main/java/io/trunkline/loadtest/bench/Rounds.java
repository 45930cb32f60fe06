package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The same load through several contenders, one after the other, round after round: what disturbs
 * the machine for a while disturbs all of them, and ratios within a round stay true.
 */
final class Rounds {
  private Rounds() {}

  /** Each round begins with another contender, so that none is always the first. */
  static Row measure(Row empty, Load load, List<Contender> contenders, int rounds, double seconds)
      throws IOException, InterruptedException {
    Map<Way, List<Sample>> samples = new EnumMap<>(Way.class);
    contenders.forEach(it -> samples.put(it.way(), new ArrayList<>()));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get((round + i) % contenders.size());
        Sample sample = load.run(contender, seconds);
        samples.get(contender.way()).add(sample);
        tell(empty.id(), round, contender.way(), sample);
      }
    }
    return new Row(empty.id(), empty.title(), empty.unit(), samples);
  }

  /**
   * Prints what was measured.
   *
   * @param row its id
   * @param round from 0 on
   */
  static void tell(String row, int round, Way way, Sample sample) {
    System.out.printf("%s, round %d, %s: %s%n", row, round + 1, way.title(), words(sample));
  }

  /** For whoever watches. */
  static String words(Sample sample) {
    return Arrays.stream(Figure.values())
        .filter(figure -> sample.get(figure).isPresent())
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "%s %." + figure.decimals() + "f %s",
                    figure.title(),
                    sample.get(figure).getAsDouble(),
                    figure.unit()))
        .collect(Collectors.joining(", "));
  }
}
