package io.trunkline.loadtest.takeover;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.TreeSet;

/** Who answers behind a port: {@code f 10.77.3.11} is a primary, {@code t 10.77.3.12} a replica. */
final class Answers {
  private static final int SESSIONS = 8;

  private Answers() {}

  /** The different answers to so many sessions that balancing shows; why none, if none. */
  static Set<String> of(Target target) {
    Set<String> answers = new TreeSet<>();
    for (int i = 0; i < SESSIONS; i++) {
      answers.add(once(target));
    }
    return answers;
  }

  private static String once(Target target) {
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select pg_is_in_recovery(), host(inet_server_addr())")) {
      row.next();
      return row.getString(1) + " " + row.getString(2);
    } catch (SQLException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
