package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.testing.Await;
import org.junit.jupiter.api.Test;

/** Sessions that are always kept, and members that go without a word. */
class CrashTest {
  @Test
  void sessionsGoOnAfterEveryEndButAnAdministrators() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.ALWAYS, false);
        PsqlSession idle = SwitchoverLab.psql(fixture, false);
        PsqlSession inTransaction = SwitchoverLab.psql(fixture, false);
        PsqlSession ended = SwitchoverLab.psql(fixture, false)) {
      idle.say("set work_mem = '7MB'; prepare foo(int) as select $1 + 1");
      inTransaction.terse();
      String pid = ended.say("select pg_backend_pid()");
      lab.awaitAnswers(1);

      lab.old.sql("select pg_terminate_backend(" + pid + ", 5000)");
      assertThat(ended.say("select 1"))
          .as(() -> SwitchoverLab.story(fixture))
          .contains("terminating connection due to administrator command");

      inTransaction.say("begin; insert into t values (1)");
      lab.old.restart();
      assertThat(idle.say("execute foo(1); show work_mem"))
          .as(() -> "after a restart: " + SwitchoverLab.story(fixture))
          .isEqualTo("2\n7MB");
      assertThat(inTransaction.say("select 1")).isEqualTo("ERROR:  40001");
      assertThat(inTransaction.say("rollback; select 2")).isEqualTo("2");

      inTransaction.say("begin; insert into t values (2)");
      lab.awaitAnswers(1);
      lab.old.crashOne(
          lab.old.query("select pid from pg_stat_activity where backend_type = 'walwriter'"));
      Await.until(() -> SwitchoverLab.stats(fixture).kept().detached() == 4);
      assertThat(idle.say("execute foo(2); show work_mem"))
          .as(() -> "after a crash of one process: " + SwitchoverLab.story(fixture))
          .isEqualTo("3\n7MB");
      assertThat(inTransaction.say("commit")).isEqualTo("ERROR:  40001");

      inTransaction.say("begin; insert into t values (3)");
      lab.awaitAnswers(1);
      lab.old.stop("immediate");
      fixture.leader("");
      lab.promote(fixture);
      assertThat(idle.say("execute foo(3); show work_mem"))
          .as(() -> "at the next primary: " + SwitchoverLab.story(fixture))
          .isEqualTo("4\n7MB");
      assertThat(inTransaction.say("rollback; select count(*) from t")).isEqualTo("0");
    }
  }

  @Test
  void aBeginThatWasLostIsSentToTheNextMember() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.ALWAYS, false);
        PsqlSession psql = SwitchoverLab.psql(fixture, false).terse()) {
      String pid = psql.say("select pg_backend_pid()");
      new ProcessBuilder("kill", "-STOP", pid).start().waitFor();
      psql.send("begin");
      Thread.sleep(300); // it waits at the backend that answers nothing
      lab.old.crashOne(pid);
      assertThat(psql.answer()).isEmpty();
      assertThat(psql.say("insert into t values (1); rollback; insert into t values (2)"))
          .as(() -> SwitchoverLab.story(fixture))
          .isEmpty();
      assertThat(psql.say("select count(*) from t")).isEqualTo("1");
    }
  }

  @Test
  void whoIsOnlyKeptInSwitchoversEndsWithTheCrash() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
        PsqlSession idle = SwitchoverLab.psql(fixture, false)) {
      idle.say("select 1");
      lab.old.stop("immediate");
      assertThat(idle.say("select 1")).contains("server closed the connection");
    }
  }
}
