package io.trunkline.loadtest.storm;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/**
 * A session that runs a short transaction again and again, with a pause after each. What got 40001
 * is tried again on the same connection; after any other error it connects anew.
 */
final class BusyOne implements AutoCloseable {
  private final Target target;
  private final int number;
  private final String member;
  private final Duration pause;
  private final Map<String, Integer> errors;
  private final Thread thread;
  private volatile boolean stopping;
  private volatile long firstThere;
  private volatile long longest;
  private volatile boolean began;

  static void createTable(Target direct, int clients) throws SQLException {
    try (Connection connection = direct.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create table if not exists storm (client int primary key, n bigint not null);
          truncate storm;
          insert into storm select i, 0 from generate_series(0, %d) i;
          """
              .formatted(clients));
    }
  }

  /**
   * @param member the address of the member that is to become the primary
   * @param errors by SQLSTATE; those of all are counted there
   */
  BusyOne(Target target, int number, String member, Duration pause, Map<String, Integer> errors) {
    this.target = target;
    this.number = number;
    this.member = member;
    this.pause = pause;
    this.errors = errors;
    this.thread = Thread.ofVirtual().start(this::run);
  }

  private void run() {
    while (!stopping) {
      try (Connection connection = target.connect()) {
        connection.setAutoCommit(false);
        try (PreparedStatement update =
                connection.prepareStatement(
                    "update storm set n = n + 1 where client = ?"
                        + " returning host(inet_server_addr())");
            PreparedStatement select =
                connection.prepareStatement("select n from storm where client = ?")) {
          while (!stopping) {
            transaction(connection, update, select);
            Thread.sleep(pause);
          }
        }
      } catch (SQLException e) {
        errors.merge(String.valueOf(e.getSQLState()), 1, Integer::sum);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void transaction(
      Connection connection, PreparedStatement update, PreparedStatement select)
      throws SQLException {
    long begun = System.nanoTime();
    try {
      String server = only(update);
      only(select);
      connection.commit();
      long now = System.nanoTime();
      if (firstThere == 0 && server.equals(member)) {
        firstThere = now;
      }
      longest = Math.max(longest, now - begun);
      began = true;
    } catch (SQLException e) {
      if (!"40001".equals(e.getSQLState())) {
        throw e;
      }
      errors.merge("40001", 1, Integer::sum);
      connection.rollback();
    }
  }

  private String only(PreparedStatement statement) throws SQLException {
    statement.setInt(1, number);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getString(1);
    }
  }

  /** When the new primary had committed its first transaction; empty: not yet. */
  OptionalLong firstThere() {
    return firstThere == 0 ? OptionalLong.empty() : OptionalLong.of(firstThere);
  }

  /** Of its transactions, in nanoseconds. */
  long longest() {
    return longest;
  }

  /** Whether a transaction of its has been committed. */
  boolean began() {
    return began;
  }

  @Override
  public void close() {
    stopping = true;
    thread.interrupt();
  }
}
