package io.trunkline.loadtest.continuity;

import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * What the tables say in the end: of every client, the attempts that were committed, and its
 * counter. Nothing in the tables keeps an attempt from being committed twice.
 */
public final class Ledger {
  private static final String TABLES =
      """
      create table if not exists counters (client int primary key, n bigint not null);
      create table if not exists attempts (client int not null, attempt bigint not null);
      truncate counters, attempts;
      """;

  private static final int ROWS = 10_000;

  private final Map<Integer, BitSet> committed = new HashMap<>();
  private final Map<Integer, Integer> rows = new HashMap<>();
  private final Map<Integer, Integer> twice = new HashMap<>();
  private final Map<Integer, Long> counters = new HashMap<>();

  public static void create(Target direct) throws SQLException {
    try (Connection connection = direct.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(TABLES);
    }
  }

  static Ledger read(Target direct) throws SQLException {
    Ledger ledger = new Ledger();
    try (Connection connection = direct.connect()) {
      connection.setAutoCommit(false); // or pgjdbc takes all rows at once
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(ROWS);
        try (ResultSet attempts = statement.executeQuery("select client, attempt from attempts")) {
          while (attempts.next()) {
            ledger.attempt(attempts.getInt(1), attempts.getInt(2));
          }
        }
        try (ResultSet counters = statement.executeQuery("select client, n from counters")) {
          while (counters.next()) {
            ledger.counter(counters.getInt(1), counters.getLong(2));
          }
        }
      }
    }
    return ledger;
  }

  void attempt(int client, int attempt) {
    BitSet known = committed.computeIfAbsent(client, _ -> new BitSet());
    if (known.get(attempt)) {
      twice.merge(client, 1, Integer::sum);
    }
    known.set(attempt);
    rows.merge(client, 1, Integer::sum);
  }

  void counter(int client, long n) {
    counters.put(client, n);
  }

  /** The attempts that were committed. */
  BitSet committed(int client) {
    return committed.getOrDefault(client, new BitSet());
  }

  int rows(int client) {
    return rows.getOrDefault(client, 0);
  }

  /** How many rows there are too many. */
  int twice(int client) {
    return twice.getOrDefault(client, 0);
  }

  long counter(int client) {
    return counters.getOrDefault(client, 0L);
  }
}
