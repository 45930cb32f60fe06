package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.Service;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Measures takeovers of a virtual address: {@code TakeoverTable RUNS STACKS EVENTS}, both lists
 * with commas. Prints each run and the medians; the runs are left in {@code loadtest/bench/target}.
 */
public final class TakeoverTable {
  private static final int PORT = 5000;

  /** How long keepalived and Trunkline are left alone, for each run: five minutes with ten runs. */
  private static final Duration QUIET = Duration.ofSeconds(30);

  private static final Path TARGET = Project.file("loadtest/bench/target");

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

    /**
     * Of the tuned ones, what the interval matters to; only Trunkline drains, and bids by what it
     * reaches.
     */
    boolean measures(Blow blow) {
      return switch (this) {
        case TRUNKLINE -> true;
        case TRUNKLINE_100 -> blow == Blow.KILL || blow == Blow.UNPLUG;
        case KEEPALIVED -> blow != Blow.HEAL_HOLDER_LOSES && blow != Blow.DRAIN;
        case KEEPALIVED_TUNED ->
            switch (blow) {
              case STOP, STOP_TO_COLD, FAIL_BACK, UNPLUG, HEAL -> true;
              case DRAIN, KILL, FREEZE, HEAL_HOLDER_LOSES -> false;
            };
      };
    }
  }

  /**
   * @param args the number of runs; {@link Kind}s; {@link Blow}s, {@code migration} and {@code
   *     peer}; {@code all} is all of them
   */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[0]);
    List<Kind> kinds = chosen(Kind.class, args[1]);
    List<String> extras = List.of(args[2].split(",", -1));
    List<Blow> blows = chosen(Blow.class, args[2]);
    ProxyKind kind = ProxyKind.TRUNKLINE;
    LabOptions options = LabOptions.plain().withProxies(kind, kind, kind).withStations(2);
    List<Takeover> takeovers = new ArrayList<>();
    List<String> more = new ArrayList<>();
    try (Lab lab = Lab.start(options)) {
      Group group = new Group(lab, lab.spareAddress(1));
      group.nodes().forEach(node -> node.kill9(Service.TRUNKLINE));
      try (Probes probes = new Probes(group, PORT)) {
        for (Kind each : kinds) {
          List<Blow> measured = blows.stream().filter(each::measures).toList();
          if (!measured.isEmpty()) {
            measure(each.stack(group), group, probes, measured, runs, takeovers);
          }
        }
        if (extras.contains("migration") || extras.contains("all")) {
          more.add(Migration.markdown(new Migration(group, probes).run()));
          group.nodes().forEach(node -> node.kill9(Service.TRUNKLINE));
        }
      } finally {
        lab.saveLogs(TARGET.resolve("takeover-logs"));
      }
      if (extras.contains("peer") || extras.contains("all")) {
        more.add(new KeepalivedPeer(lab).run(QUIET.multipliedBy(runs)));
      }
    } finally {
      System.out.println(TakeoverReport.markdown(takeovers));
      more.forEach(System.out::println);
      Path every = TARGET.resolve("takeovers.txt");
      Files.write(every, takeovers.stream().map(Takeover::toString).toList());
      System.out.println("every run: " + every);
    }
  }

  /** The average number of processes that ran or waited for a processor in the last minute. */
  private static String load() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return String.format(Locale.ROOT, "%.1f", load);
  }

  private static <E extends Enum<E>> List<E> chosen(Class<E> type, String names) {
    List<String> wanted = List.of(names.toUpperCase(Locale.ROOT).split(",", -1));
    return Arrays.stream(type.getEnumConstants())
        .filter(each -> wanted.contains("ALL") || wanted.contains(each.name()))
        .toList();
  }

  private static void measure(
      Stack stack,
      Group group,
      Probes probes,
      List<Blow> blows,
      int runs,
      List<Takeover> takeovers) {
    stack.start();
    try {
      TakeoverTrial trial = new TakeoverTrial(group, stack, probes);
      for (Blow blow : blows) {
        for (int run = 1; run <= runs; run++) {
          Takeover takeover = trial.run(blow);
          takeovers.add(takeover);
          System.out.println(run + "/" + runs + " load " + load() + " " + takeover);
        }
      }
    } catch (LabException e) {
      System.out.println(stack.title() + " stopped: " + e.getMessage());
    } finally {
      stack.stop(group);
    }
  }
}
