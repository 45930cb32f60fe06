package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.workload.Target;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loses the primary again and again, while some sessions are idle, some wait in a transaction and
 * some increment counters: {@code Continuity MINUTES CLIENTS IDLE DRIVERS}. Prints a row for each
 * loss, and in the end a row for each driver, and whether every increment was done exactly once.
 */
public final class Continuity {
  private static final int WRITE = 5000;

  /** From one loss to the next; longer where the lab takes longer to be whole again. */
  private static final Duration BETWEEN = Duration.ofSeconds(20);

  private static final Duration SERVING = Duration.ofSeconds(60);
  private static final String ROW = "%-34s %9s %9s %9s %9s  %-22s %s%n";

  private static final String LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary, keep_sessions: always}
        - {name: read, bind: "0.0.0.0:5001", route: replica, fallback: primary}
      """;

  private Continuity() {}

  /** A way to lose the primary. */
  private enum Loss {
    SWITCHOVER("planned switchover"),
    PROCESS_KILLED("kill -9 of one server process"),
    POSTGRES_KILLED("kill -9 of PostgreSQL"),
    MEMBER_KILLED("kill -9 of Patroni and PostgreSQL");

    private final String title;

    Loss(String title) {
      this.title = title;
    }

    void strike(Lab lab) {
      Member primary = lab.primary();
      switch (this) {
        case SWITCHOVER -> lab.patroni().switchover();
        case PROCESS_KILLED ->
            primary.exec("sh", "-c", "kill -9 $(pgrep -f 'postgres.*[w]alwriter')");
        case POSTGRES_KILLED -> primary.kill9(Service.POSTGRES);
        case MEMBER_KILLED -> {
          primary.kill9(Service.PATRONI);
          primary.kill9(Service.POSTGRES);
        }
      }
    }
  }

  /**
   * @param args how many minutes, how many clients with counters, how many idle sessions; as many
   *     again are in a transaction; the {@link Driver}s of the counters, with commas, or {@code
   *     all}
   */
  public static void main(String[] args) throws Exception {
    Duration time = Duration.ofSeconds(Math.round(60 * Double.parseDouble(args[0])));
    int clients = Integer.parseInt(args[1]);
    int idle = Integer.parseInt(args[2]);
    List<Driver> drivers = Driver.chosen(args[3]);
    if (clients < drivers.size()) {
      throw new IllegalArgumentException(
          clients + " clients are too few for " + drivers.size() + " drivers");
    }
    LabOptions options =
        LabOptions.plain()
            .withSynchronousMode()
            .withMaxConnections(Math.max(200, 2 * (clients + 2 * idle)))
            .withProxies(ProxyKind.TRUNKLINE, ProxyKind.TRUNKLINE)
            .withDrivers()
            .withStations(1);
    boolean exact;
    try (Lab lab = Lab.start(options)) {
      lab.awaitServing(WRITE, SERVING);
      Ledger.create(lab.direct(lab.primary()));
      try (KeptLab _ = KeptLab.with(lab, lab.proxy(1), WRITE, LISTENERS);
          KeptLab _ = KeptLab.with(lab, lab.proxy(2), WRITE, LISTENERS)) {
        exact = run(lab, drivers, time, clients, idle);
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/continuity-logs"));
      }
    }
    System.exit(exact ? 0 : 1);
  }

  private static boolean run(Lab lab, List<Driver> drivers, Duration time, int clients, int idle)
      throws SQLException, InterruptedException {
    System.out.printf(
        "%d idle sessions, %d in a transaction, %d clients that increment counters;"
            + " keep_sessions: always, synchronous_mode%n",
        idle, idle, clients);
    System.out.printf(
        ROW, "", "idle went", "longest", "in trans.", "in trans.", "counters:", "longest");
    System.out.printf(ROW, "", "on", "answer ms", "40001", "ended", "errors", "transaction ms");
    try (Counters counters =
        Counters.start(lab, List.of(lab.proxy(1), lab.proxy(2)), WRITE, drivers, clients)) {
      long end = System.nanoTime() + time.toNanos();
      Thread.sleep(Duration.ofSeconds(5));
      for (int i = 0; System.nanoTime() < end; i++) {
        long begun = System.nanoTime();
        row(lab, Loss.values()[i % Loss.values().length], counters, idle);
        lab.heal();
        long left = BETWEEN.minusNanos(System.nanoTime() - begun).toMillis();
        Thread.sleep(Math.max(0, left));
      }
      counters.stop();
      Counters.Report report = counters.report(lab.direct(lab.primary()));
      System.out.println("\n" + report);
      System.out.println("every attempt: " + counters.save());
      return report.exact();
    }
  }

  private static void row(Lab lab, Loss loss, Counters counters, int count)
      throws SQLException, InterruptedException {
    Target target = lab.target(lab.proxy(1), WRITE);
    List<IdleSession> idle = new ArrayList<>();
    List<IdleSession> busy = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        idle.add(new IdleSession(target, i));
        busy.add(new IdleSession(target, count + i));
      }
      Thread.sleep(Duration.ofSeconds(2)); // they have been asked what they are
      for (IdleSession session : busy) {
        session.begin();
      }
      counters.takeErrors();
      counters.takeLongest();
      loss.strike(lab);
      Thread.sleep(Duration.ofMillis(500)); // whatever it is, it has reached the proxy
      int wentOn = 0;
      long longest = 0;
      for (IdleSession session : idle) {
        long asked = System.nanoTime();
        wentOn += session.goesOn() ? 1 : 0;
        longest = Math.max(longest, System.nanoTime() - asked);
      }
      Map<String, Integer> states = new TreeMap<>();
      for (IdleSession session : busy) {
        states.merge(session.nextInTransaction(), 1, Integer::sum);
      }
      int refused = states.getOrDefault("40001", 0);
      states.remove("40001");
      Thread.sleep(Duration.ofSeconds(3));
      System.out.printf(
          ROW,
          loss.title,
          wentOn + "/" + count,
          longest / 1_000_000,
          refused + "/" + count,
          states.isEmpty() ? "0" : states.toString(),
          counters.takeErrors(),
          counters.takeLongest().toMillis());
    } finally {
      idle.forEach(IdleSession::close);
      busy.forEach(IdleSession::close);
    }
  }
}
