package io.trunkline.loadtest.workload;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a client does on each tick. */
interface Statement {
  Answer run(Connection connection, long id) throws SQLException;

  /** Who answered, and how far behind that server was. */
  record Answer(@Nullable String server, @Nullable Duration replayLag) {}
}
