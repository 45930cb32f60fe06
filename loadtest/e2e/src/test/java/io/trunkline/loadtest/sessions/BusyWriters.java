package io.trunkline.loadtest.sessions;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that are in a transaction nearly all the time: of a second and a half at most, without a
 * pause between two. One whose session ends opens another.
 */
final class BusyWriters implements AutoCloseable {
  private static final int CLIENTS = 16;
  private static final int LONGEST_MILLIS = 1500;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final String name = "busy-" + System.nanoTime();
  private final Target target;
  private final AtomicLong ids = new AtomicLong();
  private final AtomicLong longest = new AtomicLong();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final Map<Integer, Integer> commits = new ConcurrentHashMap<>();
  private final Map<String, Integer> errors = new ConcurrentHashMap<>();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  private BusyWriters(Target target) {
    this.target = target;
  }

  /**
   * What they saw.
   *
   * @param errors by SQLSTATE
   * @param lost acknowledged, and not there afterwards
   * @param longest the longest time between the begin of a transaction and its commit
   */
  record Seen(int commits, Map<String, Integer> errors, int lost, Duration longest) {
    int count() {
      return errors.values().stream().mapToInt(Integer::intValue).sum();
    }
  }

  /** They meet a switchover, and go on. */
  static Seen switchover(Lab lab, Target target) throws SQLException {
    try (BusyWriters writers = new BusyWriters(target)) {
      writers.start();
      writers.awaitCommits("all work", 2);
      lab.patroni().switchover();
      writers.awaitCommits("all work again", 2);
      writers.stop();
      Set<Long> lost = new TreeSet<>(writers.acknowledged);
      lost.removeAll(writers.surviving(lab.direct(lab.primary())));
      return new Seen(
          writers.acknowledged.size(),
          new TreeMap<>(writers.errors),
          lost.size(),
          Duration.ofNanos(writers.longest.get()));
    }
  }

  private void start() {
    for (int i = 0; i < CLIENTS; i++) {
      int client = i;
      clients.add(Thread.ofPlatform().daemon().start(() -> run(client)));
    }
  }

  /** Until each client has committed that often since now. */
  private void awaitCommits(String what, int count) {
    commits.clear();
    Await.until(
        what,
        PATIENCE,
        () -> commits.values().stream().filter(done -> done >= count).count() == CLIENTS);
  }

  private void run(int client) {
    while (!stopping) {
      try (Connection connection = target.connect()) {
        connection.setAutoCommit(false);
        while (!stopping) {
          long begun = System.nanoTime();
          long id = insert(connection);
          Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_MILLIS));
          long second = insert(connection);
          connection.commit();
          longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
          acknowledged.addAll(List.of(id, second));
          commits.merge(client, 1, Integer::sum);
        }
      } catch (SQLException e) {
        errors.merge(String.valueOf(e.getSQLState()), 1, Integer::sum);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private long insert(Connection connection) throws SQLException {
    long id = ids.incrementAndGet();
    try (Statement statement = connection.createStatement()) {
      statement.execute("insert into writes (writer, id) values ('" + name + "', " + id + ")");
    }
    return id;
  }

  private Set<Long> surviving(Target server) throws SQLException {
    Set<Long> there = new TreeSet<>();
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select id from writes where writer = '" + name + "'")) {
      while (rows.next()) {
        there.add(rows.getLong(1));
      }
    }
    return there;
  }

  private void stop() {
    stopping = true;
    for (Thread client : clients) {
      try {
        client.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    stop();
  }
}
