package io.trunkline.loadtest.clients;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGConnection;

/** pgjdbc behind HikariCP, both as they come: each attempt borrows a connection of the pool. */
final class PooledClient implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(50);
  private static final String CANCELED = "57014";
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final HikariDataSource pool;
  private final String writer;
  private final List<Attempt> attempts = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;
  private long session;
  private int backend;

  private PooledClient(HikariDataSource pool, String writer) {
    this.pool = pool;
    this.writer = writer;
    this.thread = Thread.ofPlatform().daemon().name("pooled-" + writer).start(this::run);
  }

  static PooledClient start(Target target, Encryption encryption, String writer) {
    return new PooledClient(pool(target, encryption), writer);
  }

  /** Cancels a statement of 30 s after half a second; returns when it has ended. */
  static void cancel(Target target, Encryption encryption) throws SQLException {
    try (HikariDataSource pool = pool(target, encryption);
        Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> cancelled =
          CompletableFuture.runAsync(
              () -> {
                LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
                try {
                  statement.cancel();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      try {
        statement.execute("select pg_sleep(30)");
      } catch (SQLException e) {
        if (!CANCELED.equals(e.getSQLState())) {
          throw e;
        }
      }
      cancelled.join();
    }
  }

  private static HikariDataSource pool(Target target, Encryption encryption) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:postgresql://%s:%d/%s?sslmode=%s"
            .formatted(target.host(), target.port(), target.database(), encryption.sslmode()));
    config.setUsername(target.user());
    config.setPassword(target.password());
    config.setMaximumPoolSize(2);
    return new HikariDataSource(config);
  }

  ClientLog log() {
    synchronized (attempts) {
      return new ClientLog(
          "pgjdbc " + Driver.class.getPackage().getImplementationVersion(), List.copyOf(attempts));
    }
  }

  @Override
  public void close() {
    stopping = true;
    try {
      if (!thread.join(FAREWELL)) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    pool.close();
  }

  private void run() {
    for (long id = 1; !stopping; id++) {
      Instant start = Instant.now();
      Failure failure = attempt(id);
      if (!stopping) {
        synchronized (attempts) {
          attempts.add(new Attempt(id, session, start, Instant.now(), failure));
        }
      }
      LockSupport.parkNanos(TICK.minus(Duration.between(start, Instant.now())).toNanos());
    }
  }

  private @Nullable Failure attempt(long id) {
    try (Connection connection = pool.getConnection()) {
      int pid = connection.unwrap(PGConnection.class).getBackendPID();
      session += pid == backend ? 0 : 1;
      backend = pid;
      insert(connection, id);
      return null;
    } catch (SQLException e) {
      return new Failure(e.getClass().getName(), e.getSQLState(), String.valueOf(e.getMessage()));
    }
  }

  private void insert(Connection connection, long id) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement("insert into writes (writer, id) values (?, ?)")) {
      insert.setString(1, writer);
      insert.setLong(2, id);
      insert.executeUpdate();
    }
  }
}
