package io.trunkline.loadtest.bench;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Rows and results whose figures are given. */
final class Scripted {
  private final Map<Way, List<Sample>> samples = new EnumMap<>(Way.class);

  Scripted with(Way way, Figure figure, double... rounds) {
    samples.put(way, Arrays.stream(rounds).mapToObj(it -> Sample.of(figure, it)).toList());
    return this;
  }

  Row row(String id) {
    return new Row(id, "the load " + id, "transaction", samples);
  }

  static Results results(String commit, Row... rows) {
    return new Results(
        commit, "2026-11-21", Map.of("kernel", "6.1"), false, 3, 5, 60, List.of(), List.of(rows));
  }
}
