package io.trunkline.loadtest.bench;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.trunkline.loadtest.verdict.Spread;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One load through several contenders, round by round.
 *
 * @param id for goals and for comparisons with other runs
 * @param unit of work: what throughput counts, and what processor time is spent on
 * @param samples of each way, one per round, in the same order
 */
record Row(String id, String title, String unit, Map<Way, List<Sample>> samples) {

  Row {
    samples = samples.isEmpty() ? Map.of() : new EnumMap<>(samples);
  }

  /** Without what every load has in common. */
  @JsonIgnore
  String shortTitle() {
    return title
        .replace("pgbench select-only, prepared", "pgbench -S")
        .replace(
            "4,000 select-only transactions/s, 16 clients, added over direct",
            "4,000/s, 16 clients");
  }

  Optional<Spread> spread(Way way, Figure figure) {
    double[] values =
        samples.getOrDefault(way, List.of()).stream()
            .flatMapToDouble(sample -> sample.get(figure).stream())
            .toArray();
    return values.length == 0
        ? Optional.empty()
        : Optional.of(Spread.of(java.util.Arrays.stream(values)));
  }

  /** How that figure of one way relates to another's, round by round. */
  Optional<Spread> ratio(Way of, Way to, Figure figure) {
    List<Sample> ours = samples.getOrDefault(of, List.of());
    List<Sample> theirs = samples.getOrDefault(to, List.of());
    double[] ratios =
        IntStream.range(0, Math.min(ours.size(), theirs.size()))
            .filter(i -> ours.get(i).get(figure).isPresent())
            .filter(i -> theirs.get(i).get(figure).orElse(0) > 0)
            .mapToDouble(
                i ->
                    ours.get(i).get(figure).getAsDouble() / theirs.get(i).get(figure).getAsDouble())
            .toArray();
    return ratios.length == 0
        ? Optional.empty()
        : Optional.of(Spread.of(java.util.Arrays.stream(ratios)));
  }

  /** The HAProxy whose median of that figure is the best. */
  Optional<Way> bestHaproxy(Figure figure) {
    Comparator<Way> byMedian =
        Comparator.comparingDouble(way -> spread(way, figure).orElseThrow().median());
    return samples.keySet().stream()
        .filter(way -> way.haproxy() && spread(way, figure).isPresent())
        .min(figure.moreIsBetter() ? byMedian.reversed() : byMedian);
  }

  /** Those of which there is anything, in the order of their declaration. */
  @JsonIgnore
  List<Figure> figures() {
    return java.util.Arrays.stream(Figure.values())
        .filter(
            figure -> samples.keySet().stream().anyMatch(way -> spread(way, figure).isPresent()))
        .toList();
  }

  /** The same with those figures of each round less those of one way in that round. */
  Row over(Way base, List<Figure> figures) {
    Map<Way, List<Sample>> differences = new EnumMap<>(Way.class);
    List<Sample> bases = samples.get(base);
    samples.forEach(
        (way, its) -> {
          if (way != base) {
            differences.put(
                way,
                IntStream.range(0, its.size())
                    .mapToObj(i -> its.get(i).minus(bases.get(i), figures))
                    .toList());
          }
        });
    return new Row(id + "-added", title + ", added over " + base.title(), unit, differences);
  }
}
