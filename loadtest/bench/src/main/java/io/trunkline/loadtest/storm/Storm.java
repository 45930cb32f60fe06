package io.trunkline.loadtest.storm;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.stream.LongStream;

/**
 * Thousands of kept sessions in a planned switchover, most of them idle: {@code Storm SESSIONS BUSY
 * PAUSE}. Those that say nothing must not storm the new primary; when they all speak at once, each
 * must be what it was. Then what the daemon holds for each, beside what it holds for sessions that
 * are not kept. Exits with 1 if a limit was not kept, and says which.
 */
public final class Storm {
  private static final int KEPT = 5000;
  private static final int OFF = 5001;

  /** For Patroni, replication, the lab, and backends that have not ended yet. */
  private static final int RESERVE = 100;

  private static final int AT_ONCE = 32;
  private static final long MOST_BYTES = 2048;
  private static final Duration SERVING = Duration.ofSeconds(60);
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration SILENCE = Duration.ofSeconds(10);

  private static final String LISTENERS =
      """
      listeners:
        - {name: kept, bind: "0.0.0.0:5000", route: primary}
        - {name: "off", bind: "0.0.0.0:5001", route: primary, keep_sessions: "off"}
      """;

  private final Lab lab;
  private final ProxyNode proxy;
  private final int sessions;
  private final int busy;
  private final Duration pause;
  private final List<String> missed = new ArrayList<>();

  private Storm(Lab lab, int sessions, int busy, Duration pause) {
    this.lab = lab;
    this.proxy = lab.proxy(1);
    this.sessions = sessions;
    this.busy = busy;
    this.pause = pause;
  }

  /**
   * @param args how many idle sessions, how many busy ones, and the milliseconds that a busy one
   *     waits after each transaction
   */
  public static void main(String[] args) throws Exception {
    int sessions = Integer.parseInt(args[0]);
    int busy = Integer.parseInt(args[1]);
    Duration pause = Duration.ofMillis(Long.parseLong(args[2]));
    LabOptions options =
        LabOptions.plain()
            .withMaxConnections(sessions + busy + RESERVE)
            .withProxies(ProxyKind.TRUNKLINE);
    List<String> missed;
    try (Lab lab = Lab.start(options)) {
      lab.awaitServing(KEPT, SERVING);
      BusyOne.createTable(lab.direct(lab.primary()), busy);
      try (KeptLab _ = KeptLab.with(lab, lab.proxy(1), KEPT, LISTENERS)) {
        Storm storm = new Storm(lab, sessions, busy, pause);
        storm.run();
        missed = storm.missed;
      } finally {
        lab.saveLogs(Project.file("loadtest/bench/target/storm-logs"));
      }
    }
    missed.forEach(what -> System.out.println("MISSED: " + what));
    System.exit(missed.isEmpty() ? 0 : 1);
  }

  private void run() throws IOException, InterruptedException {
    System.out.printf(
        "%,d idle sessions with %d prepared statements and 2 settings each, %d that run a"
            + " transaction and wait %d ms; keep_sessions: planned%n",
        sessions, IdleOne.STATEMENTS, busy, pause.toMillis());
    Memory off = holding(OFF);
    proxy.restart();
    lab.awaitServing(KEPT, SERVING);
    List<IdleOne> idle = open(KEPT);
    try {
      Thread.sleep(SILENCE); // all have been asked what they are
      Memory kept = Memory.of(proxy);
      tell(off, kept);
      switchover(idle);
    } finally {
      idle.forEach(IdleOne::close);
    }
  }

  private Memory holding(int port) throws InterruptedException {
    proxy.restart();
    lab.awaitServing(KEPT, SERVING);
    List<IdleOne> idle = open(port);
    try {
      Thread.sleep(SILENCE);
      return Memory.of(proxy);
    } finally {
      idle.forEach(IdleOne::close);
    }
  }

  private void tell(Memory off, Memory kept) throws IOException {
    long heap = (kept.heap() - off.heap()) / sessions;
    long resident = (kept.resident() - off.resident()) / sessions;
    System.out.printf(
        "memory: %,d bytes of heap for each kept session above one that is not kept (%,d bytes"
            + " above in RSS); the heap holds %,d kB instead of %,d kB%n",
        heap, resident, kept.heap() / 1024, off.heap() / 1024);
    expect(heap <= MOST_BYTES, "%,d bytes for each kept session".formatted(heap));
    Path directory = Files.createDirectories(Project.file("loadtest/bench/target/storm"));
    Files.write(directory.resolve("heap-off.txt"), off.classes());
    Files.write(directory.resolve("heap-kept.txt"), kept.classes());
  }

  private void switchover(List<IdleOne> idle) throws InterruptedException {
    Member next = lab.replicas().getFirst();
    Map<String, Integer> errors = new ConcurrentHashMap<>();
    List<BusyOne> clients = new ArrayList<>();
    try (Watch watch = new Watch(lab.direct(next), proxy, next.name())) {
      for (int i = 0; i < busy; i++) {
        clients.add(new BusyOne(patient(KEPT), i, next.address(), pause, errors));
      }
      Await.until(
          "every busy session has done something",
          PATIENCE,
          () -> clients.stream().allMatch(BusyOne::began));
      Thread.sleep(SILENCE);
      expect(errors.isEmpty(), "errors before the switchover: %s".formatted(errors));
      watch.take();
      long begun = System.nanoTime();
      lab.patroni().switchover(next);
      long end = System.nanoTime();
      boolean back =
          Await.within(
              PATIENCE, () -> clients.stream().allMatch(it -> it.firstThere().isPresent()));
      expect(back, "not all busy sessions were answered within %s".formatted(PATIENCE));
      Thread.sleep(SILENCE);
      tell(watch.take(), clients, begun, end, errors);
      speak(idle, watch);
    } finally {
      clients.forEach(BusyOne::close);
    }
  }

  private void tell(
      Watch.Peak peak, List<BusyOne> clients, long begun, long end, Map<String, Integer> errors) {
    System.out.printf(
        "switchover: %,d ms until Patroni said that it was done%n", millis(end - begun));
    System.out.printf(
        "idle ones silent: at most %d backends on the new primary (%d looks), for %d busy sessions"
            + " and at most %d logins at once; most logins under way %d%n",
        peak.backends(), peak.samples(), busy, peak.limit(), peak.logins());
    int bound = busy + peak.limit();
    expect(peak.backends() <= bound, "%d backends, more than %d".formatted(peak.backends(), bound));
    expect(peak.over() <= 0, "logins under way: %d above the limit".formatted(peak.over()));
    long[] after =
        clients.stream()
            .flatMapToLong(it -> it.firstThere().stream())
            .map(at -> Math.max(0, at - end))
            .sorted()
            .toArray();
    System.out.printf(
        "busy ones: answered by the new primary %,d ms (median), %,d ms (all %d) after that;"
            + " longest transaction %,d ms; errors %s%n",
        millis(after.length == 0 ? 0 : after[after.length / 2]),
        millis(LongStream.of(after).max().orElse(0)),
        after.length,
        millis(clients.stream().mapToLong(BusyOne::longest).max().orElse(0)),
        new TreeMap<>(errors));
    Map<String, Integer> others = new TreeMap<>(errors);
    others.keySet().removeAll(List.of("40001", "08007"));
    expect(others.isEmpty(), "other errors of busy sessions: %s".formatted(others));
  }

  /** All at once; each is then looked at. */
  private void speak(List<IdleOne> idle, Watch watch) throws InterruptedException {
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    Queue<Long> answered = new ConcurrentLinkedQueue<>();
    long begun = System.nanoTime();
    all(
        idle.size(),
        idle.size(),
        i -> {
          try {
            idle.get(i).speak();
            answered.add(System.nanoTime() - begun);
          } catch (SQLException e) {
            failures.add(e.getSQLState() + " " + e.getMessage());
          }
        });
    Watch.Peak peak = watch.take();
    long[] times = answered.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        "all idle ones speak at once: %,d of %,d answered, after %,d ms (median), %,d ms (all); at"
            + " most %d logins under way with a limit of at most %d (%d looks)%n",
        times.length,
        idle.size(),
        millis(times.length == 0 ? 0 : times[times.length / 2]),
        millis(LongStream.of(times).max().orElse(0)),
        peak.logins(),
        peak.limit(),
        peak.samples());
    expect(peak.over() <= 0, "logins under way: %d above the limit".formatted(peak.over()));
    Queue<String> others = new ConcurrentLinkedQueue<>();
    all(
        idle.size(),
        AT_ONCE,
        i -> {
          try {
            if (!idle.get(i).isWhatItWas()) {
              others.add("it has other settings or statements");
            }
          } catch (SQLException e) {
            others.add(e.getSQLState() + " " + e.getMessage());
          }
        });
    System.out.printf(
        "idle ones: %,d have their settings and statements, %d do not; errors %s%n",
        idle.size() - others.size(), others.size(), counted(failures));
    expect(failures.isEmpty(), "errors of idle sessions: %s".formatted(counted(failures)));
    expect(
        others.isEmpty(),
        "idle sessions that are not what they were: %s".formatted(counted(others)));
  }

  private List<IdleOne> open(int port) throws InterruptedException {
    Queue<IdleOne> opened = new ConcurrentLinkedQueue<>();
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    all(
        sessions,
        AT_ONCE,
        i -> {
          try {
            opened.add(new IdleOne(patient(port), i));
          } catch (SQLException e) {
            failures.add(e.getSQLState() + " " + e.getMessage());
          }
        });
    if (!failures.isEmpty()) {
      throw new LabException("sessions could not be opened: " + counted(failures));
    }
    return List.copyOf(opened);
  }

  private Target patient(int port) {
    return lab.target(proxy, port).withTimeouts(PATIENCE, PATIENCE, PATIENCE);
  }

  /** One of several that are done at once. */
  private interface Task {
    void run(int number);
  }

  private static void all(int count, int atOnce, Task task) throws InterruptedException {
    Semaphore turns = new Semaphore(atOnce);
    CountDownLatch done = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      int number = i;
      turns.acquire();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  task.run(number);
                } finally {
                  turns.release();
                  done.countDown();
                }
              });
    }
    done.await();
  }

  private void expect(boolean so, String otherwise) {
    if (!so) {
      missed.add(otherwise);
    }
  }

  private static Map<String, Integer> counted(Queue<String> all) {
    Map<String, Integer> counts = new TreeMap<>();
    all.forEach(each -> counts.merge(each, 1, Integer::sum));
    return counts;
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
