package io.trunkline.loadtest.scenario;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.verdict.Report;
import io.trunkline.loadtest.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures scenarios again and again: {@code FailoverTable RUNS PROXY_KIND [SCENARIO ...]}. Prints
 * a row for each run and the medians, and leaves the runs as JSON in {@code loadtest/bench/target}.
 */
public final class FailoverTable {
  private FailoverTable() {}

  /**
   * @param args the number of runs, a {@link ProxyKind}, and the scenarios (all, if none is named)
   */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    ProxyKind kind = ProxyKind.valueOf(args[1].toUpperCase(Locale.ROOT));
    List<Scenario> scenarios =
        args.length > 2
            ? Arrays.stream(args).skip(2).map(Scenario::valueOf).toList()
            : List.of(Scenario.values());
    List<Trial> trials = new ArrayList<>();
    try (Lab lab = Lab.start(LabOptions.plain().withProxies(kind, kind, kind))) {
      try {
        measure(lab, runs, scenarios, trials);
      } catch (LabException e) {
        System.out.println("stopped after " + trials.size() + " runs: " + e.getMessage());
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/failover-logs"));
      }
    }
    System.out.println(Medians.markdown(kind, trials));
    Path json =
        Project.file(
            "loadtest/bench/target/failover-" + kind.name().toLowerCase(Locale.ROOT) + ".json");
    List<Verdict> verdicts = trials.stream().map(Trial::writes).toList();
    Files.writeString(json, new Report(verdicts).json());
    System.out.println("every run: " + json);
  }

  private static void measure(Lab lab, int runs, List<Scenario> scenarios, List<Trial> trials) {
    for (Scenario scenario : scenarios) {
      for (int run = 1; run <= runs; run++) {
        Trial trial = Trial.run(scenario, lab, lab.proxy(1));
        trials.add(trial);
        System.out.println(scenario.title() + ", run " + run + " of " + runs);
        System.out.print(new Report(trial.writes()).table());
        System.out.println("longest gap of the reader: " + trial.longestReadGap().toMillis());
      }
    }
  }
}
