package io.trunkline.loadtest.demo;

import io.trunkline.loadtest.scenario.Trial;
import io.trunkline.loadtest.verdict.Verdict;
import java.util.List;
import java.util.Locale;

/** The table at the end of the demo. */
final class Summary {
  private static final String ROW = "%-48s %9s %9s %10s %8s %5s %11s %13s  %s%n";

  private Summary() {}

  /**
   * One blow.
   *
   * @param kept how many of the idle sessions went on
   */
  record Line(Trial trial, String kept) {}

  static String of(List<Line> lines) {
    StringBuilder table = new StringBuilder();
    table.append(
        ROW.formatted(
            "",
            "longest",
            "Patroni's",
            "Trunkline's",
            "commits",
            "lost",
            "superseded",
            "idle sessions",
            "the writer's"));
    table.append(
        ROW.formatted(
            "", "gap s", "share s", "share s", "", "", "commits", "kept", "errors by SQLSTATE"));
    lines.forEach(line -> table.append(row(line)));
    table.append(
        """
        Patroni's share lasts until the new primary accepts writes, by its own log; Trunkline's
        from then to the first commit through it. In a crash Patroni waits for its lease to expire
        (ttl 20 s here). New clients wait that long as well: hold_timeout is auto. 08007 tells the
        writer that nobody can know whether its last commit was done. Idle sessions have settings and
        prepared statements; they are kept if all is as it was (keep_sessions: always).
        """);
    return table.toString();
  }

  private static String row(Line line) {
    Verdict v = line.trial().writes();
    return ROW.formatted(
        line.trial().scenario().title(),
        seconds(v.longestGap().length().toMillis()),
        seconds(v.patroniShare().toMillis()),
        seconds(v.proxyShare().toMillis()),
        v.acknowledged(),
        v.lost(),
        v.supersededCommits(),
        line.kept(),
        v.errors().isEmpty() ? "none" : v.errors());
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.3f", millis / 1000.0);
  }
}
