package io.trunkline.loadtest.scenario;

import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.verdict.Verdict;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** The medians of several trials of each scenario, as a Markdown table. */
final class Medians {
  private Medians() {}

  static String markdown(ProxyKind kind, List<Trial> trials) {
    StringBuilder table =
        new StringBuilder(
            """
            | %s | runs | gap ms | Patroni's share ms | proxy's share ms (min–max) | superseded \
            session ms | refused or failed | 25006 | commits | lost | on superseded | read gap ms \
            | errors |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|
            """
                .formatted(kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    Map<Scenario, List<Trial>> byScenario = new LinkedHashMap<>();
    trials.forEach(
        trial ->
            byScenario
                .computeIfAbsent(trial.scenario(), _ -> new java.util.ArrayList<>())
                .add(trial));
    byScenario.forEach((scenario, group) -> table.append(row(scenario, group)));
    return table.toString();
  }

  private static String row(Scenario scenario, List<Trial> group) {
    List<Verdict> writes = group.stream().map(Trial::writes).toList();
    long[] proxy = writes.stream().mapToLong(v -> v.proxyShare().toMillis()).sorted().toArray();
    Map<String, Integer> errors = new TreeMap<>();
    writes.forEach(v -> v.errors().forEach((state, n) -> errors.merge(state, n, Integer::sum)));
    return "| %s | %d | %d | %d | %d (%d–%d) | %s | %d | %d | %d | %d | %d | %d | %s |\n"
        .formatted(
            scenario.title(),
            group.size(),
            median(writes, v -> v.longestGap().length().toMillis()),
            median(writes, v -> v.patroniShare().toMillis()),
            median(proxy),
            proxy[0],
            proxy[proxy.length - 1],
            superseded(writes),
            sum(writes, v -> v.connectionsRefused() + v.connectionsFailed()),
            sum(writes, Verdict::readOnly),
            sum(writes, Verdict::acknowledged),
            sum(writes, Verdict::lost),
            sum(writes, Verdict::supersededCommits),
            median(group.stream().mapToLong(t -> t.longestReadGap().toMillis()).sorted().toArray()),
            errors.isEmpty() ? "none" : errors);
  }

  private static String superseded(List<Verdict> writes) {
    long[] lives =
        writes.stream()
            .flatMap(v -> v.supersededSession().stream())
            .mapToLong(life -> life.toMillis())
            .sorted()
            .toArray();
    return lives.length == 0 ? "–" : Long.toString(median(lives));
  }

  private static long median(List<Verdict> writes, ToLongFunction<Verdict> figure) {
    return median(writes.stream().mapToLong(figure).sorted().toArray());
  }

  private static long median(long[] sorted) {
    int half = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[half]
        : Arrays.stream(sorted, half - 1, half + 1).sum() / 2;
  }

  private static long sum(List<Verdict> writes, ToLongFunction<Verdict> figure) {
    return writes.stream().mapToLong(figure).sum();
  }
}
