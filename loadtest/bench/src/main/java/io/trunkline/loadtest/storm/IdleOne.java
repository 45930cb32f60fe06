package io.trunkline.loadtest.storm;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGStatement;

/**
 * A session as a pool has it: with two settings, one of them its own, and with prepared statements
 * whose texts all sessions have. It does nothing until it is asked what it is.
 */
final class IdleOne implements AutoCloseable {
  static final int STATEMENTS = 20;

  private final Connection connection;
  private final List<PreparedStatement> statements = new ArrayList<>();
  private final String tenant;

  IdleOne(Target target, int number) throws SQLException {
    tenant = "tenant " + number;
    connection = target.connect();
    try (Statement statement = connection.createStatement()) {
      statement.execute("set work_mem = '8765kB'");
      statement.execute("set app.tenant = '" + tenant + "'");
    }
    for (int i = 0; i < STATEMENTS; i++) {
      PreparedStatement statement =
          connection.prepareStatement(
              "select %d + ?::int as total, 'article %1$d' as article where current_date is not null"
                  .formatted(i));
      statement.unwrap(PGStatement.class).setPrepareThreshold(1); // it has a name from the start
      statements.add(statement);
      ask(i);
    }
  }

  private int ask(int statement) throws SQLException {
    PreparedStatement asked = statements.get(statement);
    asked.setInt(1, 1000);
    try (ResultSet row = asked.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }

  /**
   * Whether its settings and statements are those that it had. Its first word is one of its own
   * statements.
   *
   * @throws SQLException if the session has ended
   */
  boolean isWhatItWas() throws SQLException {
    boolean same = true;
    for (int i = 0; i < STATEMENTS; i++) {
      same &= ask(i) == 1000 + i;
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select current_setting('work_mem'), current_setting('app.tenant'),"
                    + " (select count(*) from pg_prepared_statements)")) {
      row.next();
      return same
          && row.getString(1).equals("8765kB")
          && row.getString(2).equals(tenant)
          && row.getInt(3) >= STATEMENTS;
    }
  }

  /** One word with an answer: a statement that it has prepared. */
  void speak() throws SQLException {
    ask(0);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // it has ended already
    }
  }
}
