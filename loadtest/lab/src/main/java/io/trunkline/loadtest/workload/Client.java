package io.trunkline.loadtest.workload;

import java.net.ConnectException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * One client on one connection: an attempt per tick, a new connection at once after any error, and
 * a sample of every attempt. An attempt that takes longer than a tick delays the next one; none is
 * skipped in silence, because a gap shows as the distance between samples.
 */
final class Client {
  private static final Duration FAREWELL = Duration.ofSeconds(2);

  private final Target target;
  private final Duration tick;
  private final int attemptsPerSession;
  private final Statement statement;
  private final List<Sample> samples = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile @Nullable Connection connection;
  private @Nullable Attempt current;
  private long sessions;

  /** An attempt that has not ended. */
  private record Attempt(long id, long session, Instant start, @Nullable Instant statementStart) {
    Sample end(Outcome outcome, Statement.@Nullable Answer answer, @Nullable SQLException failure) {
      return new Sample(
          id,
          session,
          start,
          statementStart,
          Instant.now(),
          outcome,
          answer == null ? null : answer.server(),
          answer == null ? null : answer.replayLag(),
          failure == null ? null : failure.getSQLState(),
          failure == null ? null : failure.getMessage());
    }
  }

  Client(Target target, Duration tick, int attemptsPerSession, String name, Statement statement) {
    this.target = target;
    this.tick = tick;
    this.attemptsPerSession = attemptsPerSession;
    this.statement = statement;
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::run);
  }

  List<Sample> samples() {
    synchronized (samples) {
      return List.copyOf(samples);
    }
  }

  /** Ends the client; an attempt that hangs is recorded as unfinished. */
  List<Sample> stop() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      if (!thread.join(FAREWELL)) {
        abandon();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    closeQuietly();
    return samples();
  }

  private void abandon() {
    synchronized (samples) {
      if (current != null) {
        samples.add(current.end(Outcome.UNFINISHED, null, null));
        current = null;
      }
    }
    thread.interrupt();
  }

  private void run() {
    long next = System.nanoTime();
    for (long id = 1; !stopping; id++) {
      attempt(id);
      next = Math.max(next + tick.toNanos(), System.nanoTime() - tick.toNanos());
      for (long wait = next - System.nanoTime(); wait > 0 && !stopping; ) {
        LockSupport.parkNanos(wait);
        wait = next - System.nanoTime();
      }
    }
  }

  private void attempt(long id) {
    Instant start = Instant.now();
    Connection open = connection;
    begin(new Attempt(id, open == null ? 0 : sessions, start, open == null ? null : start));
    try {
      if (open == null) {
        open = target.connect();
        connection = open;
        sessions++;
        begin(new Attempt(id, sessions, start, Instant.now()));
      }
    } catch (SQLException e) {
      end(refused(e) ? Outcome.CONNECTION_REFUSED : Outcome.CONNECTION_FAILED, null, e);
      return;
    }
    try {
      end(Outcome.ACKNOWLEDGED, statement.run(open, id), null);
      if (attemptsPerSession > 0 && id % attemptsPerSession == 0) {
        closeQuietly();
      }
    } catch (SQLException e) {
      end(Outcome.STATEMENT_FAILED, null, e);
      closeQuietly();
    }
  }

  private void begin(Attempt attempt) {
    synchronized (samples) {
      current = attempt;
    }
  }

  private void end(
      Outcome outcome, Statement.@Nullable Answer answer, @Nullable SQLException failure) {
    synchronized (samples) {
      if (current != null) {
        samples.add(current.end(outcome, answer, failure));
        current = null;
      }
    }
  }

  private static boolean refused(@Nullable Throwable error) {
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException
          && String.valueOf(cause.getMessage()).contains("refused")) {
        return true;
      }
    }
    return false;
  }

  /** Without a farewell to the server: it may be gone, and then even a close would hang. */
  private void closeQuietly() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.abort(Runnable::run);
      } catch (SQLException e) {
        System.getLogger(Client.class.getName()).log(System.Logger.Level.DEBUG, "abort", e);
      }
    }
  }
}
