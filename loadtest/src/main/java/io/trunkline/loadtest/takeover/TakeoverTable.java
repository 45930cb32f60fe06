package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures takeovers of a virtual address: {@code TakeoverTable RUNS STACKS EVENTS}, both lists with
 * commas. Prints each run and the medians; the runs are left in {@code loadtest/target}.
 */
public final class TakeoverTable {
  private static final int PORT = 5000;
  private static final Path TARGET = Path.of("loadtest", "target");

  private TakeoverTable() {}

  /** What can be measured. */
  private enum Kind {
    TRUNKLINE,
    TRUNKLINE_100,
    KEEPALIVED,
    KEEPALIVED_TUNED;

    Stack stack(Group group) {
      return switch (this) {
        case TRUNKLINE -> TrunklineStack.fast(group, "300ms");
        case TRUNKLINE_100 -> TrunklineStack.fast(group, "100ms");
        case KEEPALIVED -> new ClassicStack(group, false);
        case KEEPALIVED_TUNED -> new ClassicStack(group, true);
      };
    }
  }

  /**
   * @param args the number of runs; {@link Kind}s; {@link Blow}s, all if there are none
   */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    List<Kind> kinds =
        Arrays.stream(args[1].split(",")).map(s -> Kind.valueOf(s.toUpperCase(Locale.ROOT))).toList();
    List<Blow> blows =
        args.length < 3
            ? List.of(Blow.values())
            : Arrays.stream(args[2].split(","))
                .map(s -> Blow.valueOf(s.toUpperCase(Locale.ROOT)))
                .toList();
    ProxyKind kind = ProxyKind.TRUNKLINE;
    LabOptions options = LabOptions.plain().withProxies(kind, kind, kind).withStations(2);
    List<Takeover> takeovers = new ArrayList<>();
    try (Lab lab = Lab.start(options)) {
      Group group = new Group(lab, lab.spareAddress(1));
      group.nodes().forEach(node -> node.stop(Service.TRUNKLINE));
      try (Probes probes = new Probes(group, PORT)) {
        for (Kind each : kinds) {
          measure(group, each.stack(group), probes, blows, runs, takeovers);
        }
      } finally {
        lab.saveLogs(TARGET.resolve("takeover-logs"));
      }
    }
    System.out.println(TakeoverReport.markdown(takeovers));
    Path every = TARGET.resolve("takeovers.txt");
    Files.write(every, takeovers.stream().map(Takeover::toString).toList());
    System.out.println("every run: " + every);
  }

  private static void measure(
      Group group,
      Stack stack,
      Probes probes,
      List<Blow> blows,
      int runs,
      List<Takeover> takeovers) {
    stack.start();
    try {
      TakeoverTrial trial = new TakeoverTrial(group, stack, probes);
      for (Blow blow : blows) {
        if (blow == Blow.HEAL_HOLDER_LOSES && !stack.bidsByServing()) {
          continue;
        }
        for (int run = 1; run <= runs; run++) {
          Takeover takeover = trial.run(blow);
          takeovers.add(takeover);
          System.out.println(run + " of " + runs + ": " + takeover);
        }
      }
    } catch (LabException e) {
      System.out.println(stack.title() + " stopped: " + e.getMessage());
    } finally {
      stack.stop(group);
    }
  }
}
