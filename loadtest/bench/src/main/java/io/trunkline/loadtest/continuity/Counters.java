package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that increment counters, each its own, in transactions that also write down which attempt
 * it was. What got 40001 is tried again on the same connection, and nothing else is. In the end the
 * table tells of every attempt whether it was committed, and how often.
 */
final class Counters implements AutoCloseable {
  private static final String TABLES =
      """
      create table if not exists counters (client int primary key, n bigint not null);
      create table if not exists attempts (id bigint not null, client int not null);
      truncate counters, attempts;
      """;

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final Target target;
  private final AtomicLong ids = new AtomicLong();
  private final Set<Long> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Long> refused = ConcurrentHashMap.newKeySet();
  private final Set<Long> unknown = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> errors = new ConcurrentHashMap<>();
  private final AtomicLong longest = new AtomicLong();
  private final List<Thread> clients = new ArrayList<>();
  private volatile boolean stopping;

  static void createTables(Target direct) throws SQLException {
    try (Connection connection = direct.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(TABLES);
    }
  }

  Counters(Target target, int count) {
    this.target = target;
    for (int i = 0; i < count; i++) {
      int client = i;
      clients.add(Thread.ofPlatform().daemon().start(() -> run(client)));
    }
  }

  private void run(int client) {
    while (!stopping) {
      try (Connection connection = target.connect()) {
        connection.setAutoCommit(false);
        try (PreparedStatement count =
                connection.prepareStatement(
                    "insert into counters values (?, 1)"
                        + " on conflict (client) do update set n = counters.n + 1");
            PreparedStatement attempt =
                connection.prepareStatement("insert into attempts values (?, ?)")) {
          while (!stopping) {
            increment(connection, count, attempt, client);
          }
        }
      } catch (SQLException e) {
        errors.merge(state(e), 1, Integer::sum);
        pause();
      }
    }
  }

  private void increment(
      Connection connection, PreparedStatement count, PreparedStatement attempt, int client)
      throws SQLException {
    long id = ids.incrementAndGet();
    long begun = System.nanoTime();
    try {
      count.setInt(1, client);
      count.executeUpdate();
      attempt.setLong(1, id);
      attempt.setInt(2, client);
      attempt.executeUpdate();
      connection.commit();
      acknowledged.add(id);
      longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
    } catch (SQLException e) {
      if (!"40001".equals(e.getSQLState())) {
        unknown.add(id);
        throw e;
      }
      refused.add(id);
      errors.merge("40001", 1, Integer::sum);
      connection.rollback();
    }
  }

  private static String state(SQLException e) {
    return String.valueOf(e.getSQLState());
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Errors since this was asked last, by SQLSTATE. */
  Map<String, Integer> takeErrors() {
    Map<String, Integer> taken = new TreeMap<>();
    for (String state : List.copyOf(errors.keySet())) {
      taken.put(state, errors.remove(state));
    }
    return taken;
  }

  /** The longest transaction since this was asked last. */
  Duration takeLongest() {
    return Duration.ofNanos(longest.getAndSet(0));
  }

  int acknowledged() {
    return acknowledged.size();
  }

  /**
   * What the tables say.
   *
   * @param unknownCommitted of the attempts without a clear answer
   * @param lost acknowledged, and not there
   * @param twice there more than once
   * @param refusedCommitted answered with 40001, and there
   * @param sum of the counters
   */
  record Outcome(
      int acknowledged,
      int refused,
      int unknown,
      int unknownCommitted,
      int lost,
      int twice,
      int refusedCommitted,
      long sum) {
    boolean exact() {
      return lost == 0
          && twice == 0
          && refusedCommitted == 0
          && sum == (long) acknowledged + unknownCommitted;
    }

    @Override
    public String toString() {
      return """
      %d transactions acknowledged, %d answered with 40001, %d without a clear answer, of which %d were committed
      acknowledged and lost: %d; committed twice: %d; answered with 40001 and committed: %d
      the counters add up to %d: %s
      """
          .formatted(
              acknowledged,
              refused,
              unknown,
              unknownCommitted,
              lost,
              twice,
              refusedCommitted,
              sum,
              exact() ? "exactly once" : "NOT exactly once");
    }
  }

  /** Stops, and looks at the tables. */
  Outcome outcome(Target direct) throws SQLException {
    close();
    Map<Long, Integer> there = new HashMap<>();
    long sum;
    try (Connection connection = direct.connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet rows = statement.executeQuery("select id from attempts")) {
        while (rows.next()) {
          there.merge(rows.getLong(1), 1, Integer::sum);
        }
      }
      try (ResultSet row =
          statement.executeQuery("select coalesce(sum(n), 0)::bigint from counters")) {
        row.next();
        sum = row.getLong(1);
      }
    }
    return new Outcome(
        acknowledged.size(),
        refused.size(),
        unknown.size(),
        (int) unknown.stream().filter(there::containsKey).count(),
        (int) acknowledged.stream().filter(id -> !there.containsKey(id)).count(),
        (int) there.values().stream().filter(times -> times > 1).count(),
        (int) refused.stream().filter(there::containsKey).count(),
        sum);
  }

  @Override
  public void close() {
    stopping = true;
    for (Thread client : clients) {
      try {
        client.join(PATIENCE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
