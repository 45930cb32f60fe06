package io.trunkline.loadtest.logins;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that come at the same moment, log in, ask one question and leave.
 *
 * @param limit of the logins under way, as configured
 * @param served clients that were answered
 * @param refused the others, by what they were told
 * @param took until the last was served or refused
 * @param longest that one waited
 */
record Burst(
    String limit, int served, Map<String, Integer> refused, Duration took, Duration longest) {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  static Burst run(String limit, Target target, int clients) throws InterruptedException {
    Target patient = target.withTimeouts(PATIENCE, PATIENCE, PATIENCE);
    ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    AtomicLong longest = new AtomicLong();
    CountDownLatch done = new CountDownLatch(clients);
    long begun = System.nanoTime();
    for (int i = 0; i < clients; i++) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  ask(patient);
                } catch (SQLException e) {
                  failures.add(e.getSQLState() + " " + e.getMessage());
                } finally {
                  longest.accumulateAndGet(System.nanoTime() - begun, Math::max);
                  done.countDown();
                }
              });
    }
    done.await();
    Map<String, Integer> refused = new TreeMap<>();
    failures.forEach(failure -> refused.merge(failure, 1, Integer::sum));
    return new Burst(
        limit,
        clients - failures.size(),
        refused,
        Duration.ofNanos(System.nanoTime() - begun),
        Duration.ofNanos(longest.get()));
  }

  private static void ask(Target target) throws SQLException {
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select 1")) {
      row.next();
    }
  }

  double perSecond() {
    return served / (took.toMillis() / 1000.0);
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %.1f s | %.1f |",
        limit,
        served,
        refused.values().stream().mapToInt(Integer::intValue).sum(),
        took.toMillis() / 1000.0,
        perSecond());
  }
}
