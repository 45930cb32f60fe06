package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** A session with settings and prepared statements of both kinds, as a pool has them. */
public final class IdleSession implements AutoCloseable {
  /** Of {@link #nextInTransaction}: the transaction goes on. */
  public static final String NO_ERROR = "no error";

  /** Of {@link #nextInTransaction}: the transaction is undone, and the session goes on. */
  public static final String LOST = "40001";

  private final Connection connection;
  private final PreparedStatement prepared;
  private final int number;

  public IdleSession(Target target, int number) throws SQLException {
    this.number = number;
    connection = target.connect();
    execute("set work_mem = '" + (1025 + 2 * number) + "kB'");
    execute("set app.tenant = 'tenant " + number + "'");
    execute("prepare mine(int) as select $1 + " + number);
    prepared = connection.prepareStatement("select ? + " + number);
    for (int i = 0; i < 6; i++) {
      ask(i); // from the fifth on it is named at the server
    }
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }

  private int ask(int value) throws SQLException {
    prepared.setInt(1, value);
    try (ResultSet result = prepared.executeQuery()) {
      result.next();
      return result.getInt(1);
    }
  }

  /**
   * Whether all is there that it had.
   *
   * @throws SQLException if the session has ended
   */
  public boolean isWhatItWas() throws SQLException {
    return ask(41) == 41 + number
        && query("execute mine(1)").equals(String.valueOf(1 + number))
        && query("show work_mem").equals(1025 + 2 * number + "kB")
        && query("select current_setting('app.tenant')").equals("tenant " + number);
  }

  /** Whether it is there, and is what it was. */
  public boolean goesOn() {
    try {
      return isWhatItWas();
    } catch (SQLException e) {
      return false;
    }
  }

  /** Begins a transaction, in which it stays. */
  public void begin() throws SQLException {
    execute("begin");
    query("select count(*) from writes");
  }

  /**
   * What its next statement gets, in the transaction that it has begun: {@link #NO_ERROR}, an
   * SQLSTATE, or in words what happened after 40001; 40001 alone only if the session then goes on
   * as it was.
   */
  public String nextInTransaction() {
    try {
      query("select 1");
      return NO_ERROR;
    } catch (SQLException e) {
      if (!LOST.equals(e.getSQLState())) {
        return String.valueOf(e.getSQLState());
      }
    }
    try {
      execute("rollback");
      return isWhatItWas() ? LOST : "another state";
    } catch (SQLException e) {
      return "40001, then " + e.getSQLState();
    }
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
