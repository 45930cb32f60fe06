package io.trunkline.loadtest.workload;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Commits one row per tick (20 ms) and records who acknowledged it. */
public final class Writer implements AutoCloseable {
  /** The table that the lab makes. */
  public static final String TABLE =
      "create table if not exists writes (writer text, id bigint, primary key (writer, id))";

  private static final Duration TICK = Duration.ofMillis(20);
  private static final String INSERT =
      "insert into writes (writer, id) values (?, ?) returning host(inet_server_addr())";

  private final String name;
  private final Client client;

  private Writer(String name, Client client) {
    this.name = name;
    this.client = client;
  }

  /** Starts writing. The name must be new to the cluster: acknowledged rows are looked up by it. */
  public static Writer start(String name, Target target) {
    return start(name, target, TICK);
  }

  public static Writer start(String name, Target target, Duration tick) {
    Client client =
        new Client(
            target,
            tick,
            0,
            "writer-" + name,
            (connection, id) -> new Statement.Answer(insert(connection, name, id), null));
    return new Writer(name, client);
  }

  public String name() {
    return name;
  }

  /** What has ended so far; the attempt under way is missing. */
  public List<Sample> samples() {
    return client.samples();
  }

  public List<Sample> stop() {
    return client.stop();
  }

  /** The ids of this writer that a server holds. */
  public Set<Long> surviving(Target server) throws SQLException {
    try (Connection connection = server.connect();
        PreparedStatement select =
            connection.prepareStatement("select id from writes where writer = ?")) {
      select.setString(1, name);
      try (ResultSet rows = select.executeQuery()) {
        Set<Long> ids = new HashSet<>();
        while (rows.next()) {
          ids.add(rows.getLong(1));
        }
        return ids;
      }
    }
  }

  @Override
  public void close() {
    client.stop();
  }

  private static String insert(Connection connection, String name, long id) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setString(1, name);
      insert.setLong(2, id);
      try (ResultSet row = insert.executeQuery()) {
        row.next();
        return row.getString(1);
      }
    }
  }
}
