package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.proxy.stats.SessionEnd;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Sessions in a transaction, and what their clients see of a switchover. */
class LostTransactionsTest {
  private static final String LOST = "ERROR:  40001";

  /**
   * @param begins before the switchover
   * @param answers what the client says after it, each with what psql prints for it
   */
  private record Case(String begins, List<String> answers) {
    static Case of(String begins, String... answers) {
      return new Case(begins, List.of(answers));
    }
  }

  private static final List<Case> CASES =
      List.of(
          Case.of(
              "begin; insert into t values (1)",
              "select 1",
              LOST,
              "select 1",
              LOST,
              "rollback",
              "",
              "select count(*) from t where n = 1",
              "0"),
          Case.of("begin; insert into t values (2)", "rollback", "", "select 5", "5"),
          Case.of(
              "begin; insert into t values (3)",
              "commit",
              LOST,
              "select count(*) from t where n = 3",
              "0"),
          Case.of("start transaction; insert into t values (4)", "end", LOST, "select 4", "4"),
          Case.of("begin; insert into t values (5)", "abort work", "", "select 5", "5"),
          Case.of("begin; select 1 / 0", "commit", "", "select 6", "6"),
          Case.of("begin; select 1 / 0", "select 7", LOST, "rollback", "", "select 7", "7"),
          Case.of(
              "begin; savepoint s; insert into t values (8)",
              "rollback to s",
              LOST,
              "rollback to s",
              LOST,
              "commit",
              "",
              "select 8",
              "8"),
          Case.of("begin; insert into t values (9)", "rollback\\; select 9", LOST, "rollback", ""),
          Case.of(
              "begin; set work_mem = '9MB'; insert into t values (10)",
              "select 10",
              LOST,
              "rollback",
              "",
              "show work_mem",
              "4MB"),
          Case.of(
              "begin; insert into t values (11)", "/* a */ -- b\n rollback", "", "select 1", "1"),
          Case.of("begin", "select 14", LOST, "rollback", "", "select 14", "14"));

  @Test
  void theClientSeesAFailedTransaction() throws Exception {
    List<PsqlSession> sessions = new ArrayList<>();
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false)) {
      for (Case each : CASES) {
        PsqlSession psql = SwitchoverLab.psql(fixture, false).terse();
        sessions.add(psql);
        psql.say(each.begins);
      }
      SwitchoverLab.announce(fixture);
      lab.finish(fixture);

      SoftAssertions softly = new SoftAssertions();
      for (int i = 0; i < CASES.size(); i++) {
        List<String> answers = CASES.get(i).answers;
        for (int j = 0; j < answers.size(); j += 2) {
          softly
              .assertThat(sessions.get(i).say(answers.get(j)))
              .as("%s, then %s; %s", CASES.get(i), answers.get(j), SwitchoverLab.story(fixture))
              .isEqualTo(answers.get(j + 1));
        }
        sessions.get(i).close();
      }
      softly.assertThat(lab.next.query("select count(*) from t")).isEqualTo("0");
      softly.assertAll();
    }
  }

  @Test
  void whatRunsIsAnsweredOrTheSessionEnds() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
        PsqlSession inTransaction = SwitchoverLab.psql(fixture, false);
        PsqlSession outside = SwitchoverLab.psql(fixture, false);
        PsqlSession copying = SwitchoverLab.psql(fixture, false);
        PsqlSession chaining = SwitchoverLab.psql(fixture, false);
        PsqlSession set = SwitchoverLab.psql(fixture, false);
        PsqlSession computed = SwitchoverLab.psql(fixture, false)) {
      for (PsqlSession psql : List.of(inTransaction, outside, copying, chaining, set, computed)) {
        psql.terse();
      }
      set.say("set work_mem = '8MB'");
      lab.awaitAnswers(1);
      set.say("begin; insert into t values (1)");
      inTransaction.say("begin; insert into t values (2)");
      inTransaction.send("select pg_sleep(60)");
      outside.send("select pg_sleep(60)");
      copying.say("begin");
      copying.type("copy t from stdin;\n1\n2\n");
      chaining.say("begin isolation level serializable; insert into t values (3)");
      computed.say("begin; do $$ begin perform set_config('work_mem', '9MB', false); end $$");
      SwitchoverLab.announce(fixture);
      lab.finish(fixture);

      assertThat(inTransaction.answer()).as(() -> SwitchoverLab.story(fixture)).isEqualTo(LOST);
      assertThat(inTransaction.say("commit")).isEmpty();
      assertThat(inTransaction.say("select 1")).isEqualTo("1");
      copying.type("3\n\\.\n");
      assertThat(copying.say("select 1"))
          .as("a COPY that was under way, and what comes after it")
          .isEqualTo(LOST + "\n" + LOST);
      assertThat(copying.say("rollback; select 1")).isEqualTo("1");
      assertThat(outside.answer()).startsWith("FATAL:  08007");
      assertThat(chaining.say("rollback and chain")).startsWith("FATAL:  57P01");
      assertThat(set.say("select 1")).isEqualTo(LOST);
      assertThat(set.say("rollback; show work_mem")).isEqualTo("8MB");
      assertThat(computed.say("select 1")).startsWith("FATAL:  57P01");
      assertThat(SwitchoverLab.stats(fixture).ends()).containsEntry(SessionEnd.OUTCOME_UNKNOWN, 1L);
      assertThat(lab.next.query("select count(*) from t")).isEqualTo("0");
    }
  }
}
