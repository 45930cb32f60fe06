package io.trunkline.loadtest.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.KeptLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.workload.Target;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Idle sessions of pgjdbc that Trunkline keeps over {@code patronictl switchover}. */
final class KeptSessions {
  private static final int SESSIONS = 50;

  private KeptSessions() {}

  /** Body of a test. */
  interface Body {
    void run() throws Exception;
  }

  /** Has that proxy log in for its clients for a while. */
  static void with(Lab lab, ProxyNode proxy, Body body) throws Exception {
    try (KeptLab _ = KeptLab.with(lab, proxy, SessionsLab.WRITE, "")) {
      body.run();
    }
  }

  /** They meet a switchover; each goes on with all that it had. */
  static void switchover(Lab lab, String kind, Target target) throws Exception {
    Member former = lab.primary();
    List<Session> sessions = new ArrayList<>();
    try {
      for (int i = 0; i < SESSIONS; i++) {
        sessions.add(new Session(target, i));
      }
      Session listening = new Session(target, SESSIONS);
      listening.execute("listen news");
      long begin = System.nanoTime();
      lab.patroni().switchover();
      long longest = 0;
      for (Session session : sessions) {
        long asked = System.nanoTime();
        session.isWhatItWas();
        longest = Math.max(longest, System.nanoTime() - asked);
      }
      System.out.printf(
          "measured: switchover, %d idle pgjdbc sessions, %s: all went on; %d ms from the request"
              + " to the last answer, longest answer %d ms%n",
          SESSIONS, kind, (System.nanoTime() - begin) / 1_000_000, longest / 1_000_000);
      assertThat(listening.stateOf("select 1")).isEqualTo("57P01");
    } finally {
      for (Session session : sessions) {
        session.close();
      }
    }
    assertThat(lab.primary()).isNotEqualTo(former);
  }

  private static final class Session {
    private final Connection connection;
    private final PreparedStatement prepared;
    private final int number;

    Session(Target target, int number) throws SQLException {
      this.number = number;
      connection = target.connect();
      execute("set work_mem = '" + (1025 + 2 * number) + "kB'");
      execute("set app.tenant = 'tenant " + number + "'");
      execute("set search_path = pg_catalog, public");
      execute("prepare mine(int) as select $1 + " + number);
      prepared = connection.prepareStatement("select ? + " + number);
      for (int i = 0; i < 6; i++) {
        assertThat(ask(i)).isEqualTo(i + number); // from the fifth on it is named at the server
      }
    }

    void execute(String sql) throws SQLException {
      try (Statement statement = connection.createStatement()) {
        statement.execute(sql);
      }
    }

    private String query(String sql) throws SQLException {
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

    void isWhatItWas() throws SQLException {
      assertThat(ask(41)).isEqualTo(41 + number);
      assertThat(query("execute mine(1)")).isEqualTo(String.valueOf(1 + number));
      assertThat(query("show work_mem")).isEqualTo(1025 + 2 * number + "kB");
      assertThat(query("select current_setting('app.tenant')")).isEqualTo("tenant " + number);
      assertThat(query("show search_path")).isEqualTo("pg_catalog, public");
      assertThat(query("select pg_is_in_recovery()")).isEqualTo("f");
    }

    String stateOf(String sql) {
      try {
        query(sql);
        return "00000";
      } catch (SQLException e) {
        return String.valueOf(e.getSQLState());
      }
    }

    void close() throws SQLException {
      connection.close();
    }
  }
}
