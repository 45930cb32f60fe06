package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.workload.Target;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;

/**
 * pgjdbc with prepared statements, which are named at the server from the fifth time on. Its log is
 * that of {@code loadtest/lab/clients/programs/counting.py}.
 */
final class JdbcCounter {
  private static final String ATTEMPT = "insert into attempts (client, attempt) values (?, ?)";
  private static final String COUNT =
      "insert into counters (client, n) values (?, 1)"
          + " on conflict (client) do update set n = counters.n + 1";

  private final Target target;
  private final int client;
  private final Path stop;
  private final BufferedWriter log;
  private final Thread thread;

  private JdbcCounter(Target target, int client, BufferedWriter log, Path stop) {
    this.target = target;
    this.client = client;
    this.stop = stop;
    this.log = log;
    thread = Thread.ofPlatform().daemon().name("counter-" + client).start(this::run);
  }

  /**
   * @param stop the file whose appearance ends it
   */
  static JdbcCounter start(Target target, int client, Path log, Path stop) {
    try {
      return new JdbcCounter(target, client, Files.newBufferedWriter(log), stop);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean running() {
    return thread.isAlive();
  }

  private void run() {
    write("version pgjdbc " + Driver.class.getPackage().getImplementationVersion());
    Session session = null;
    for (long attempt = 1; !Files.exists(stop); ) {
      long start = System.nanoTime();
      if (session == null) {
        session = open(start);
        continue;
      }
      try {
        session.increment(client, attempt);
        line(attempt, "ok", start, "");
      } catch (SQLException e) {
        failed(attempt, start, e);
        session = after(session, e);
      }
      attempt++;
      pause(Counters.PAUSE);
    }
    write("end");
  }

  private @Nullable Session open(long start) {
    try {
      return Session.open(target);
    } catch (SQLException e) {
      failed(0, start, e);
      pause(Duration.ofMillis(50));
      return null;
    }
  }

  /** The session, if it goes on. */
  private @Nullable Session after(Session session, SQLException error) {
    long start = System.nanoTime();
    if (CounterLog.LOST.equals(error.getSQLState())) {
      try {
        session.connection.rollback();
        return session;
      } catch (SQLException e) {
        failed(0, start, e);
      }
    }
    session.close();
    return null;
  }

  private void failed(long attempt, long start, SQLException e) {
    String state = e.getSQLState() == null ? "none" : e.getSQLState();
    line(attempt, state, start, String.valueOf(e.getMessage()).replaceAll("\\s+", " "));
  }

  private void line(long attempt, String outcome, long start, String text) {
    long micros = (System.nanoTime() - start) / 1000;
    write(attempt + " " + outcome + " " + micros + " " + text);
  }

  private void write(String line) {
    try {
      log.write(line + "\n");
      log.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A connection and its statements. */
  private record Session(
      Connection connection, PreparedStatement attempt, PreparedStatement count) {
    static Session open(Target target) throws SQLException {
      Connection connection = target.connect();
      connection.setAutoCommit(false);
      return new Session(
          connection, connection.prepareStatement(ATTEMPT), connection.prepareStatement(COUNT));
    }

    void increment(int client, long number) throws SQLException {
      attempt.setInt(1, client);
      attempt.setLong(2, number);
      attempt.executeUpdate();
      count.setInt(1, client);
      count.executeUpdate();
      connection.commit();
    }

    void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        // it was broken
      }
    }
  }
}
