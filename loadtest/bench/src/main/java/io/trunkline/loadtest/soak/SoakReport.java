package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.FreshRead;
import io.trunkline.loadtest.soak.History.ProxyState;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What came of a soak, as text. */
record SoakReport(long seed, History history, List<Finding> findings) {
  private static final int SHOWN = 20;

  static final String COLUMNS =
      "minute\tround\tproxy\tready\tvip\tqueued\tconnections\tresident_bytes\theap_bytes"
          + "\tdescriptors\tother_descriptors\tthreads\n";

  boolean kept() {
    return findings.stream().noneMatch(Finding::broken);
  }

  /** A row for each proxy at the end of each calm. */
  String resources() {
    StringBuilder text = new StringBuilder(COLUMNS);
    for (Calm calm : history.calms()) {
      for (ProxyState s : calm.proxies()) {
        List<Object> cells =
            List.of(
                String.format(Locale.ROOT, "%.1f", minute(history.calms(), calm)),
                calm.round(),
                s.proxy(),
                s.ready(),
                s.holds(),
                s.queued(),
                s.connections(),
                s.resident(),
                s.heap(),
                s.descriptors(),
                s.otherDescriptors(),
                s.threads());
        text.append(String.join("\t", cells.stream().map(String::valueOf).toList())).append('\n');
      }
    }
    return text.toString();
  }

  /** Since the end of the first calm. */
  static double minute(List<Calm> calms, Calm calm) {
    return Duration.between(calms.getFirst().at(), calm.at()).toMillis() / 60_000.0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append("seed %d, %d rounds%n".formatted(seed, history.calms().getLast().round()));
    text.append("faults: ").append(faults()).append('\n');
    long failed = history.faults().stream().filter(f -> !f.failure().isEmpty()).count();
    text.append("of these %d could not be done, or undone, as they should%n".formatted(failed));
    text.append(
        "commits acknowledged: %d; attempts that failed: %s%n"
            .formatted(acknowledged(writes()), errors(writes())));
    text.append(
        "reads answered: %d; attempts that failed: %s%n"
            .formatted(acknowledged(reads()), errors(reads())));
    text.append(
        "new sessions that read: %d, %d of them on a replica%n"
            .formatted(
                history.fresh().size(),
                history.fresh().stream().filter(FreshRead::replica).count()));
    text.append("increments acknowledged: %d%n".formatted(history.counted().acknowledged()));
    text.append("changes of the leader: %d%n".formatted(changes()));
    for (Rule rule : Rule.values()) {
      text.append("%5d  %s%s%n".formatted(count(rule), rule.title(), remark(rule)));
    }
    findings.stream()
        .sorted(Comparator.comparing(Finding::broken, Comparator.reverseOrder()))
        .limit(SHOWN)
        .forEach(finding -> text.append(finding).append('\n'));
    if (findings.size() > SHOWN) {
      text.append("... and %d more%n".formatted(findings.size() - SHOWN));
    }
    text.append(kept() ? "every rule was kept\n" : "NOT every rule was kept\n");
    return text.toString();
  }

  private String remark(Rule rule) {
    return rule == Rule.GROWTH && !CalmRules.enough(history.calms())
        ? " (not judged: it takes %d calms)".formatted(CalmRules.ENOUGH)
        : "";
  }

  private long changes() {
    return Math.max(0, history.truth().leaders().size() - 1);
  }

  private String faults() {
    Map<String, Integer> times = new TreeMap<>();
    history.faults().forEach(fault -> times.merge(fault.verb().title(), 1, Integer::sum));
    return counts(times);
  }

  private Stream<Sample> writes() {
    return history.writes().stream().flatMap(written -> written.samples().stream());
  }

  private Stream<Sample> reads() {
    return history.reads().stream().flatMap(List::stream);
  }

  private static long acknowledged(Stream<Sample> samples) {
    return samples.filter(Sample::acknowledged).count();
  }

  private static String errors(Stream<Sample> samples) {
    Map<String, Integer> states = new TreeMap<>();
    samples
        .filter(sample -> !sample.acknowledged())
        .forEach(
            sample ->
                states.merge(
                    sample.sqlState() == null ? "none" : sample.sqlState(), 1, Integer::sum));
    return counts(states);
  }

  private static String counts(Map<String, Integer> counts) {
    return counts.isEmpty()
        ? "none"
        : String.join(
            ", ", counts.entrySet().stream().map(e -> e.getValue() + " × " + e.getKey()).toList());
  }

  private long count(Rule rule) {
    return findings.stream().filter(finding -> finding.rule() == rule).count();
  }
}
