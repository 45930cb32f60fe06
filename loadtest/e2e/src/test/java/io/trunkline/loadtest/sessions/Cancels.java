package io.trunkline.loadtest.sessions;

import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Queries on three replicas are cancelled from the other of two proxy nodes. pgjdbc opens a new
 * connection for each CancelRequest, and never encrypts it.
 */
final class Cancels {
  private static final int SESSIONS = 9;
  private static final String QUERY_CANCELED = "57014";

  private Cancels() {}

  /** How many of them ended their query, and what became of the others. */
  record Tally(int sent, int effective, List<String> others) {
    @Override
    public String toString() {
      return effective + " of " + sent + (others.isEmpty() ? "" : " " + others);
    }
  }

  /** Cancels so many queries, each of which would take so many seconds. */
  static Tally send(
      int count, int seconds, ProxyNode sessions, ProxyNode requests, int port, Target login)
      throws Exception {
    AtomicInteger left = new AtomicInteger(count);
    AtomicInteger effective = new AtomicInteger();
    Queue<String> others = new ConcurrentLinkedQueue<>();
    List<Thread> clients = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      clients.add(
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    while (left.getAndDecrement() > 0) {
                      String state = cancelOne(seconds, sessions, requests, port, login);
                      if (state.equals(QUERY_CANCELED)) {
                        effective.incrementAndGet();
                      } else if (!state.isEmpty()) {
                        others.add(state);
                      }
                    }
                  }));
    }
    for (Thread client : clients) {
      client.join();
    }
    return new Tally(count, effective.get(), List.copyOf(others));
  }

  /** The SQLSTATE with which the query ended, or nothing when it ran to its end. */
  private static String cancelOne(
      int seconds, ProxyNode sessions, ProxyNode requests, int port, Target login) {
    try (Detour detour = Detour.over(port, sessions.address(), requests.address());
        Connection connection = login.at("127.0.0.1", detour.port()).connect();
        Statement statement = connection.createStatement()) {
      Thread canceller =
          Thread.ofVirtual()
              .start(
                  () ->
                      cancelWhenItRuns(
                          statement,
                          () -> passersBy(new InetSocketAddress(requests.address(), port))));
      try {
        statement.execute(sleep(seconds));
        return "";
      } finally {
        canceller.join();
      }
    } catch (SQLException e) {
      return String.valueOf(e.getSQLState());
    } catch (IOException e) {
      return e.toString();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e.toString();
    }
  }

  /** Says when it runs: a CancelRequest that comes before that is lost, by PostgreSQL's rules. */
  private static String sleep(int seconds) {
    return "do 'begin raise notice ''runs''; perform pg_sleep(" + seconds + "); end'";
  }

  /** Up to two other clients, so that the nodes do not take turns in step. */
  private static void passersBy(InetSocketAddress port) {
    for (int i = ThreadLocalRandom.current().nextInt(3); i > 0; i--) {
      try (Socket other = new Socket()) {
        other.connect(port, 5_000);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void cancelWhenItRuns(Statement statement, Runnable before) {
    try {
      while (statement.getWarnings() == null && !statement.isClosed()) {
        Thread.sleep(5);
      }
      before.run();
      statement.cancel();
    } catch (SQLException e) {
      System.getLogger(Cancels.class.getName()).log(System.Logger.Level.WARNING, "cancel", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
