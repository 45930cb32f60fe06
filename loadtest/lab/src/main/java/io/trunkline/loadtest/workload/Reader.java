package io.trunkline.loadtest.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/** Reads once per tick (20 ms) and records who answered and how far that server was behind. */
public final class Reader implements AutoCloseable {
  private static final Duration TICK = Duration.ofMillis(20);

  /** The age of the newest replayed commit: a lag only while somebody commits. */
  private static final String SELECT =
      """
      select host(inet_server_addr()),
             case when pg_is_in_recovery()
                  then 1000 * extract(epoch from
                    clock_timestamp() - pg_last_xact_replay_timestamp()) end
      """;

  private final Client client;

  private Reader(Client client) {
    this.client = client;
  }

  /** Reads on one session for as long as it lives. */
  public static Reader start(String name, Target target) {
    return start(name, target, 0);
  }

  /** Reads on a new session after so many attempts: shows how sessions are balanced. */
  public static Reader start(String name, Target target, int attemptsPerSession) {
    String thread = "reader-" + name;
    return new Reader(
        new Client(
            target, TICK, attemptsPerSession, thread, (connection, id) -> select(connection)));
  }

  public List<Sample> samples() {
    return client.samples();
  }

  public List<Sample> stop() {
    return client.stop();
  }

  @Override
  public void close() {
    client.stop();
  }

  private static Statement.Answer select(Connection connection) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT);
        ResultSet row = select.executeQuery()) {
      row.next();
      String server = row.getString(1);
      double millis = row.getDouble(2);
      return new Statement.Answer(server, row.wasNull() ? null : Duration.ofMillis((long) millis));
    }
  }
}
