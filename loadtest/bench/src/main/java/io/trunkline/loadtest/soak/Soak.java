package io.trunkline.loadtest.soak;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.continuity.Counters;
import io.trunkline.loadtest.continuity.Driver;
import io.trunkline.loadtest.continuity.Ledger;
import io.trunkline.loadtest.continuity.Tally;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Certificates;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.VirtualAddress;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.Counted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Storms of faults and calms in turn, with all clients at work: {@code Soak MINUTES SEED COUNTERS
 * DRIVERS}, or {@code Soak plan SEED ROUNDS} to print what a seed would do. Exits with 1 if a rule
 * was broken, with 2 if the cluster did not come back from a storm.
 */
public final class Soak {
  private static final Duration SERVING = Duration.ofSeconds(60);
  private static final int HEALINGS = 3;

  /** For what is settled in a calm: a client that has just come is queued for a moment. */
  private static final Duration SETTLED = Duration.ofSeconds(5);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

  private final Lab lab;
  private final Observer observer;
  private final Striker striker;
  private final List<Calm> calms = new ArrayList<>();

  private Soak(Lab lab, Observer observer, Striker striker) {
    this.lab = lab;
    this.observer = observer;
    this.striker = striker;
  }

  /**
   * @param args how many minutes; the seed; how many clients with counters, and their drivers, with
   *     commas
   */
  public static void main(String[] args) throws Exception {
    long seed = Long.parseLong(args[1]);
    if (args[0].equals("plan")) {
      Nemesis nemesis = new Nemesis(seed);
      for (int i = 0; i < Integer.parseInt(args[2]); i++) {
        System.out.print(nemesis.next());
      }
      return;
    }
    Duration time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(args[0])));
    int counters = Integer.parseInt(args[2]);
    List<Driver> drivers = Driver.chosen(args[3]);
    int exit;
    boolean others = drivers.stream().anyMatch(driver -> driver != Driver.PGJDBC);
    try (Lab lab = Lab.start(Site.options(others))) {
      lab.awaitServing(Site.WRITE, SERVING);
      Ledger.create(lab.direct(lab.primary()));
      try {
        exit = run(lab, time, seed, counters, drivers);
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/soak-logs"));
      }
    }
    System.exit(exit);
  }

  private static int run(Lab lab, Duration time, long seed, int count, List<Driver> drivers)
      throws Exception {
    Path authority = Files.createTempDirectory("soak-ca");
    Certificates certificates = new Certificates(authority);
    VirtualAddress vip = Site.furnish(lab, certificates);
    Await.until("a proxy has the VIP", SERVING, () -> vip.holder(lab).isPresent());
    System.out.printf("seed %d, %d minutes%n", seed, time.toMinutes());
    Targets targets = new Targets(lab, vip);
    History history;
    boolean whole;
    try (Counters counters =
            Counters.start(lab, List.of(lab.proxy(2), lab.proxy(3)), Site.WRITE, drivers, count);
        Observer observer = new Observer(lab, vip.address());
        Clients clients = new Clients(lab, vip.address(), authority.resolve("ca.crt"))) {
      Soak soak = new Soak(lab, observer, new Striker(lab, targets, certificates));
      whole = soak.rounds(new Nemesis(seed), time);
      history = soak.history(clients, counters);
    }
    SoakReport report = new SoakReport(seed, history, Checker.check(history));
    save(report);
    System.out.println("\n" + report);
    if (!whole) {
      System.out.println("the cluster did not come back from the last storm: the soak ended early");
      return 2;
    }
    return report.kept() ? 0 : 1;
  }

  /** Whether the cluster came back from every storm. */
  private boolean rounds(Nemesis nemesis, Duration time) throws InterruptedException {
    calm(0, Duration.ofSeconds(20));
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      Round round = nemesis.next();
      System.out.print(Site.clock(Instant.now()) + " " + round);
      striker.storm(round);
      if (!healed()) {
        return false;
      }
      calm(round.number(), round.calm());
    }
    return true;
  }

  /** Ends what the storm has left; a member that is slow to come back gets another chance. */
  private boolean healed() {
    for (int i = 1; i <= HEALINGS; i++) {
      try {
        lab.heal();
        accept();
        return true;
      } catch (LabException e) {
        System.out.println("not healed: " + e.getMessage());
      }
    }
    return false;
  }

  private void calm(int round, Duration length) throws InterruptedException {
    Thread.sleep(length);
    Calm calm = observer.look(round);
    long end = System.nanoTime() + SETTLED.toNanos();
    while (!CalmRules.settled(calm) && System.nanoTime() < end) {
      Thread.sleep(LOOK_AGAIN);
      calm = observer.look(round);
    }
    calms.add(calm);
    System.out.printf(
        "%s calm %d: %s%n",
        Site.clock(calm.at()), round, CalmRules.settled(calm) ? "settled" : "NOT settled: " + calm);
  }

  /** As an operator has to, where the leader key went back to an older timeline. */
  private void accept() {
    lab.proxies().forEach(Soak::accept);
  }

  private static void accept(ProxyNode proxy) {
    try {
      for (JsonNode cluster : proxy.status().path("clusters")) {
        if (cluster.path("timeline").path("regression").isObject()) {
          System.out.println(proxy + ": accepted " + cluster.path("timeline"));
          proxy.post("clusters/" + cluster.path("name").asText() + "/accept");
        }
      }
    } catch (LabException e) {
      System.out.println(proxy + " is not there yet"); // the end of the calm tells whether it comes
    }
  }

  private History history(Clients clients, Counters counters) throws SQLException {
    counters.stop();
    Tally sum = counters.report(lab.direct(lab.primary())).sum();
    return new History(
        clients.written(lab.direct(lab.primary())),
        clients.reads(),
        clients.freshReads(),
        observer.positions(),
        observer.statuses(),
        striker.struck(),
        calms,
        new Counted(
            sum.acknowledged(), sum.lost(), sum.twice(), sum.refusedCommitted(), sum.unexplained()),
        clients.changed(),
        lab.truth());
  }

  private static void save(SoakReport report) throws IOException {
    Path folder = Project.file("loadtest/bench/target/soak");
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("soak.txt"), report.toString());
    Files.writeString(folder.resolve("soak.tsv"), report.resources());
    Files.writeString(
        folder.resolve("soak.svg"), new ResourceChart(report.history().calms()).svg());
    System.out.println("saved in " + folder);
  }
}
