package io.trunkline.loadtest.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** A pool of a hundred sessions, all of them busy, meets a switchover. */
final class PooledWriters {
  private static final int SESSIONS = 100;
  private static final Duration THINK = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What a client may be told when its session ends: PostgreSQL's own words for it. */
  private static final Set<String> TOLD = Set.of("57P01", "57P03");

  private PooledWriters() {}

  /** They go on through it; nothing is lost, and whose session broke was told why. */
  static void switchover(Lab lab, String kind, Target target) throws Exception {
    lab.awaitServing(SessionsLab.WRITE, Duration.ofSeconds(60));
    Member former = lab.primary();
    Load load = new Load("pool-" + System.nanoTime());
    try (HikariDataSource pool = pool(target)) {
      Thread[] clients = new Thread[SESSIONS];
      for (int i = 0; i < SESSIONS; i++) {
        int client = i;
        clients[i] = Thread.ofPlatform().daemon().start(() -> load.run(client, pool));
      }
      load.await("all work", 3, PATIENCE);
      lab.patroni().switchover();
      load.await("all work again", 3, PATIENCE);
      load.stopping = true;
      for (Thread client : clients) {
        client.join(PATIENCE);
      }
    }
    Member now = lab.primary();
    assertThat(now).isNotEqualTo(former);
    Set<Long> there = load.surviving(lab.direct(now));
    Set<Long> lost = new TreeSet<>(load.acknowledged.keySet());
    lost.removeAll(there);
    System.out.printf(
        "measured: switchover, %d pgjdbc sessions of HikariCP, %s: %d commits acknowledged,"
            + " %d lost, errors seen by the application %s, longest wait for a commit %d ms%n",
        SESSIONS, kind, load.acknowledged.size(), lost.size(), load.errors(), load.longestMillis());
    assertThat(lost).as("acknowledged, and not there").isEmpty();
    assertThat(load.errors().keySet()).as("%s", load.messages).isSubsetOf(TOLD);
  }

  private static HikariDataSource pool(Target target) {
    HikariConfig config = new HikariConfig();
    String ssl =
        target.caCertificate() == null
            ? "sslmode=disable"
            : "sslmode=verify-ca&sslrootcert=" + target.caCertificate();
    config.setJdbcUrl(
        "jdbc:postgresql://%s:%d/%s?%s"
            .formatted(target.host(), target.port(), target.database(), ssl));
    config.setUsername(target.user());
    config.setPassword(target.password());
    config.setMaximumPoolSize(SESSIONS);
    config.setConnectionTimeout(PATIENCE.toMillis());
    return new HikariDataSource(config);
  }

  /** A hundred clients that commit, two rows at a time, and go on after every error. */
  private static final class Load {
    private final String name;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong longest = new AtomicLong();
    private final ConcurrentMap<Long, Boolean> acknowledged = new ConcurrentHashMap<>();
    private final ConcurrentMap<Integer, Integer> done = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Integer> states = new ConcurrentHashMap<>();
    private final Set<String> messages = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    Load(String name) {
      this.name = name;
    }

    void run(int client, HikariDataSource pool) {
      while (!stopping) {
        long begin = System.nanoTime();
        long id = ids.addAndGet(2);
        try (Connection connection = pool.getConnection()) {
          // Half of them in a transaction of several statements.
          connection.setAutoCommit(client % 2 == 0);
          try (Statement statement = connection.createStatement()) {
            statement.execute(insert(id));
            if (client % 2 == 1) {
              statement.execute(insert(id + 1));
              connection.commit();
              acknowledged.put(id + 1, true);
            }
          }
          acknowledged.put(id, true);
          done.merge(client, 1, Integer::sum);
          longest.accumulateAndGet(System.nanoTime() - begin, Math::max);
        } catch (SQLException e) {
          states.merge(String.valueOf(e.getSQLState()), 1, Integer::sum);
          messages.add(e.getSQLState() + " " + e.getMessage());
        }
        pause(THINK);
      }
    }

    private String insert(long id) {
      return "insert into writes (writer, id) values ('" + name + "', " + id + ")";
    }

    /** Until each client has committed that often since now. */
    void await(String what, int commits, Duration limit) {
      done.clear();
      long end = System.nanoTime() + limit.toNanos();
      while (done.values().stream().filter(count -> count >= commits).count() < SESSIONS) {
        assertThat(System.nanoTime()).as("not within %s: %s", limit, what).isLessThan(end);
        pause(Duration.ofMillis(50));
      }
    }

    Map<String, Integer> errors() {
      return new TreeMap<>(states);
    }

    long longestMillis() {
      return Duration.ofNanos(longest.get()).toMillis();
    }

    Set<Long> surviving(Target server) throws SQLException {
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

    private static void pause(Duration time) {
      try {
        Thread.sleep(time);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
