package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** Everybody comes at once, and there is no primary. */
@ExtendWith(SharedLab.class)
@Isolated("it takes all the processor time there is")
class CrowdIT {

  @Test
  void fiveHundredClientsConnectDuringASwitchover(Lab lab) throws InterruptedException {
    connectDuringASwitchover(lab, 500);
  }

  /** Where PostgreSQL takes 50 ms of a processor to open a connection, this takes minutes. */
  @Test
  @Tag("long")
  void twoThousandClientsConnectDuringASwitchover(Lab lab) throws InterruptedException {
    connectDuringASwitchover(lab, 2000);
  }

  private static void connectDuringASwitchover(Lab lab, int clients) throws InterruptedException {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    Duration patience = Duration.ofSeconds(90);
    Target target = lab.target(lab.proxy(1), 5000).withTimeouts(patience, patience, patience);
    Queue<String> failures = new ConcurrentLinkedQueue<>();
    Queue<Connection> connections = new ConcurrentLinkedQueue<>();
    CountDownLatch done = new CountDownLatch(clients);
    Thread operator = Thread.ofPlatform().start(() -> lab.patroni().switchover());
    Await.until(
        "the switchover is announced",
        Duration.ofSeconds(20),
        () -> !Expect.write(lab.proxy(1)).path("state").asText().equals("open"));
    for (int i = 0; i < clients; i++) {
      Thread.ofVirtual().start(() -> connect(target, connections, failures, done));
    }
    assertThat(done.await(120, TimeUnit.SECONDS)).as("all clients are served").isTrue();
    operator.join();
    for (Connection connection : connections) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        failures.add("abort: " + e.getMessage());
      }
    }
    assertThat(List.copyOf(failures)).isEmpty();
  }

  private static void connect(
      Target target, Queue<Connection> connections, Queue<String> failures, CountDownLatch done) {
    try {
      Connection connection = target.connect();
      connections.add(connection);
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select pg_is_in_recovery()")) {
        row.next();
        if (row.getBoolean(1)) {
          failures.add("connected to a standby");
        }
      }
    } catch (SQLException e) {
      failures.add(e.getSQLState() + " " + e.getMessage());
    } finally {
      done.countDown();
    }
  }
}
