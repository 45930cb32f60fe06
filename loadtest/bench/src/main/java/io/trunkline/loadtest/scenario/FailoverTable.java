package io.trunkline.loadtest.scenario;

import io.trunkline.loadtest.lab.KeptLab;
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
import java.util.Optional;

/**
 * Measures scenarios again and again: {@code FailoverTable RUNS PROXY_KIND [SCENARIO ...]}. Prints
 * a row for each run and the medians, and leaves the runs as JSON in {@code loadtest/bench/target}.
 * Through Trunkline there are sessions besides, at a listener that keeps them.
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
    List<Run> measured = new ArrayList<>();
    try (Lab lab = Lab.start(LabOptions.plain().withProxies(kind, kind, kind))) {
      try {
        measure(lab, kind, runs, scenarios, measured);
      } catch (LabException e) {
        System.out.println("stopped after " + measured.size() + " runs: " + e.getMessage());
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/failover-logs"));
      }
    }
    System.out.println(Medians.markdown(kind, measured));
    Path json =
        Project.file(
            "loadtest/bench/target/failover-" + kind.name().toLowerCase(Locale.ROOT) + ".json");
    List<Verdict> verdicts = measured.stream().map(run -> run.trial().writes()).toList();
    Files.writeString(json, new Report(verdicts).json());
    System.out.println("every run: " + json);
  }

  private static void measure(
      Lab lab, ProxyKind kind, int runs, List<Scenario> scenarios, List<Run> done) {
    if (kind == ProxyKind.TRUNKLINE) {
      try (KeptLab _ = KeptLab.with(lab, lab.proxy(1), 5000, KeptSessions.LISTENERS)) {
        measure(lab, runs, scenarios, done, true);
      }
    } else {
      measure(lab, runs, scenarios, done, false);
    }
  }

  private static void measure(
      Lab lab, int runs, List<Scenario> scenarios, List<Run> done, boolean kept) {
    for (Scenario scenario : scenarios) {
      for (int number = 1; number <= runs; number++) {
        Run run = kept ? Run.withKeptSessions(scenario, lab) : Run.of(scenario, lab);
        done.add(run);
        System.out.println(scenario.title() + ", run " + number + " of " + runs);
        System.out.print(new Report(run.trial().writes()).table());
        System.out.println("longest gap of the reader: " + run.trial().longestReadGap().toMillis());
        run.kept().ifPresent(System.out::println);
      }
    }
  }

  /**
   * A trial, and what became of the sessions at the listener that keeps them, if there is one.
   *
   * @param kept empty where the proxy keeps none
   */
  record Run(Trial trial, Optional<KeptSessions.Result> kept) {
    static Run of(Scenario scenario, Lab lab) {
      return new Run(Trial.run(scenario, lab, lab.proxy(1)), Optional.empty());
    }

    static Run withKeptSessions(Scenario scenario, Lab lab) {
      try (KeptSessions sessions = KeptSessions.open(lab)) {
        Trial trial = Trial.run(scenario, lab, lab.proxy(1), sessions::ask);
        return new Run(trial, Optional.of(sessions.result()));
      }
    }
  }
}
