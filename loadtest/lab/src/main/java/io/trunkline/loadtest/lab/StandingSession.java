package io.trunkline.loadtest.lab;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A session that is opened when it is needed and stays until it fails. */
final class StandingSession implements AutoCloseable {
  private final Target target;
  private @Nullable Connection connection;

  StandingSession(Target target) {
    this.target = target;
  }

  /** The first column of the answer, a row a line. */
  synchronized String ask(String query) {
    try (Statement statement = open().createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      List<String> lines = new ArrayList<>();
      while (rows.next()) {
        lines.add(rows.getString(1));
      }
      return String.join("\n", lines);
    } catch (SQLException e) {
      close();
      throw new LabException(target + ": " + query, e);
    }
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = target.connect();
      connection = open;
    }
    return open;
  }

  @Override
  public synchronized void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        return; // it has ended, which was wanted
      }
    }
  }
}
