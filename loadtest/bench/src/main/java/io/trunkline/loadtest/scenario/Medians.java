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

  static String markdown(ProxyKind kind, List<FailoverTable.Run> runs) {
    StringBuilder table =
        new StringBuilder(
            """
            | %s | runs | gap ms | Patroni's share ms | proxy's share ms (min–max) | superseded \
            session ms | refused or failed | 25006 | commits | lost | on superseded | read gap ms \
            | errors | kept: idle, went on | kept: in a transaction, one 40001, then on | kept: in \
            a transaction, no error | kept: ended |
            |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
            """
                .formatted(kind.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    Map<Scenario, List<FailoverTable.Run>> byScenario = new LinkedHashMap<>();
    runs.forEach(
        run ->
            byScenario
                .computeIfAbsent(run.trial().scenario(), _ -> new java.util.ArrayList<>())
                .add(run));
    byScenario.forEach((scenario, group) -> table.append(row(scenario, group)));
    return table.toString();
  }

  private static String row(Scenario scenario, List<FailoverTable.Run> runs) {
    List<Trial> group = runs.stream().map(FailoverTable.Run::trial).toList();
    List<Verdict> writes = group.stream().map(Trial::writes).toList();
    long[] proxy = writes.stream().mapToLong(v -> v.proxyShare().toMillis()).sorted().toArray();
    Map<String, Integer> errors = new TreeMap<>();
    writes.forEach(v -> v.errors().forEach((state, n) -> errors.merge(state, n, Integer::sum)));
    return "| %s | %d | %d | %d | %d (%d–%d) | %s | %d | %d | %d | %d | %d | %d | %s | %s |\n"
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
            errors.isEmpty() ? "none" : errors,
            kept(runs));
  }

  /** The last four columns, as sums. */
  private static String kept(List<FailoverTable.Run> runs) {
    return runs.stream()
        .flatMap(run -> run.kept().stream())
        .reduce(KeptSessions.Result::plus)
        .map(
            all ->
                "%d of %d | %d of %d | %d | %s"
                    .formatted(
                        all.wentOn(),
                        all.count(),
                        all.lost(),
                        all.count(),
                        all.undisturbed(),
                        all.ended().isEmpty() ? "0" : all.ended()))
        .orElse("– | – | – | –");
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
