package io.trunkline.loadtest.service;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Sessions that work all the time, and clients that come and go beside them. */
final class Busy implements AutoCloseable {
  private static final long PAUSE_MILLIS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** More at once may wait for each other longer than pgjdbc waits. */
  private static final int CONNECTING = 16;

  private final Target target;
  private final Semaphore connecting = new Semaphore(CONNECTING);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<String> endings = new ConcurrentLinkedQueue<>();
  private final AtomicInteger working = new AtomicInteger();
  private final AtomicInteger opened = new AtomicInteger();
  private volatile boolean visiting = true;
  private volatile boolean fenced;

  private Busy(Target target) {
    this.target = target.withTimeouts(PATIENCE, PATIENCE, PATIENCE);
  }

  /** Returns when all of them work. */
  static Busy start(Target target, int sessions) throws InterruptedException {
    Busy busy = new Busy(target);
    CountDownLatch begun = new CountDownLatch(sessions);
    for (int i = 0; i < sessions; i++) {
      busy.threads.submit(() -> busy.work(begun));
    }
    if (!begun.await(120, TimeUnit.SECONDS)) {
      busy.close();
      throw new AssertionError("only some began: " + busy.failures);
    }
    for (int i = 0; i < 4; i++) {
      busy.threads.submit(busy::visit);
    }
    return busy;
  }

  private void work(CountDownLatch begun) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      int process = process(statement);
      working.incrementAndGet();
      begun.countDown();
      while (!threads.isShutdown()) {
        if (process(statement) != process) {
          throw new SQLException("another server process answers", "XX000");
        }
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (SQLException e) {
      (fenced ? endings : failures).add(fenced ? e.getSQLState() : say(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      working.decrementAndGet();
    }
  }

  private Connection connect() throws SQLException, InterruptedException {
    connecting.acquire();
    try {
      return target.connect();
    } finally {
      connecting.release();
    }
  }

  private static int process(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  private void visit() {
    while (visiting) {
      try (Connection connection = target.connect();
          Statement statement = connection.createStatement()) {
        process(statement);
        opened.incrementAndGet();
      } catch (SQLException e) {
        failures.add("visitor: " + say(e));
      }
    }
  }

  private static String say(SQLException e) {
    return e.getSQLState() + " " + e.getMessage();
  }

  /** What went wrong so far, of any of them. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** How many still work, on the server process that they began with. */
  int untouched() {
    return working.get();
  }

  /** How many clients came and went. */
  int opened() {
    return opened.get();
  }

  /** From now on it is no failure that a session ends. */
  void expectEnd() {
    visiting = false;
    fenced = true;
  }

  /** The SQLSTATEs of the ends that were expected. */
  Set<String> endings() {
    return new TreeSet<>(endings);
  }

  /** Waits until every session has ended. */
  void awaitEnded() {
    Await.until("the end of all sessions", PATIENCE, () -> working.get() == 0);
  }

  @Override
  public void close() {
    expectEnd();
    threads.shutdownNow();
  }
}
