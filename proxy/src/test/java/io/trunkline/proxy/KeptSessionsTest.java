package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.pgwire.state.Pinned;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** Idle sessions and a planned switchover between two real PostgreSQL. */
class KeptSessionsTest {
  @Test
  void idleSessionsGoOn() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture plain = lab.proxy(KeepSessions.PLANNED, false);
        ProxyFixture encrypted = lab.proxy(KeepSessions.PLANNED, true);
        PsqlSession first = SwitchoverLab.psql(plain, false);
        PsqlSession speaking = SwitchoverLab.psql(plain, false);
        PsqlSession second = SwitchoverLab.psql(encrypted, true)) {
      Map<PsqlSession, String> pids = Map.of(first, prepare(first), second, prepare(second));
      speaking.say("set search_path = own, public");

      SwitchoverLab.announce(plain);
      SwitchoverLab.announce(encrypted);
      lab.awaitAnswers(3);
      speaking.send("insert into t values (1); select count(*) from t");
      lab.finish(plain, encrypted);

      check(first, plain, pids.get(first));
      check(second, encrypted, pids.get(second));
      assertThat(speaking.answer()).as("said meanwhile, run once").isEqualTo("1");
      assertThat(SwitchoverLab.stats(plain).kept().restored()).isEqualTo(2);
    }
  }

  private static String prepare(PsqlSession psql) {
    assertThat(
            psql.say(
                "set work_mem = '7MB'; set app.tenant = 'kiwi'; set search_path = own;"
                    + " prepare foo(int) as select $1 + 1; set role worker;"
                    + " set time zone 'Europe/Berlin'"))
        .isEmpty();
    return psql.say("select pg_backend_pid()");
  }

  private static void check(PsqlSession psql, ProxyFixture fixture, String pid) {
    assertThat(psql.say("execute foo(41)")).as(() -> SwitchoverLab.story(fixture)).isEqualTo("42");
    assertThat(psql.say("show work_mem; show search_path; select current_setting('app.tenant')"))
        .isEqualTo("7MB\nown\nkiwi");
    assertThat(psql.say("select current_user, session_user; show time zone"))
        .isEqualTo("worker|scram\nEurope/Berlin");
    assertThat(psql.say("select pg_backend_pid(), pg_is_in_recovery()"))
        .endsWith("|f")
        .isNotEqualTo(pid + "|f");
  }

  @Test
  void whatCannotBeRestoredEndsTheSession() throws Exception {
    Map<Pinned, String> statements = new EnumMap<>(Pinned.class);
    statements.put(Pinned.LISTEN, "listen news");
    statements.put(Pinned.TEMPORARY_OBJECT, "create temporary table own (n int)");
    statements.put(
        Pinned.HOLDABLE_CURSOR, "begin; declare c cursor with hold for select 1; commit");
    statements.put(Pinned.ADVISORY_LOCK, "do $$ begin perform pg_advisory_lock(1); end $$");
    statements.put(Pinned.SETTING, "select set_config('app.' || 'tenant', 'x', false) is null");
    statements.put(Pinned.LOAD, "load 'auto_explain'");
    statements.put(
        Pinned.LARGE, "select set_config('app.large', repeat('x', 200000), false) is null");
    List<PsqlSession> sessions = new ArrayList<>();
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false)) {
      for (String statement : statements.values()) {
        PsqlSession psql = SwitchoverLab.psql(fixture, false);
        sessions.add(psql);
        psql.say(statement);
      }
      SwitchoverLab.announce(fixture);
      lab.awaitAnswers(5);
      lab.finish(fixture);

      SoftAssertions softly = new SoftAssertions();
      for (PsqlSession psql : sessions) {
        softly.assertThat(psql.say("select 1")).contains("server closed the connection");
        psql.close();
      }
      Map<Pinned, Long> counts = new EnumMap<>(SwitchoverLab.stats(fixture).kept().pinned());
      counts.values().removeIf(count -> count == 0);
      softly.assertThat(counts.keySet()).isEqualTo(statements.keySet());
      softly.assertThat(counts.values()).allMatch(count -> count == 1);
      softly.assertThat(SwitchoverLab.stats(fixture).kept().restored()).isZero();
      softly.assertAll();
    }
  }

  @Test
  void whoWantsKeepsListenersAndSettingsOfFunctions() throws Exception {
    Settings settings = new Settings();
    settings.keepListen = true;
    settings.keepSettings = List.of("app.tenant");
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false, settings);
        PsqlSession psql = SwitchoverLab.psql(fixture, false)) {
      lab.old.sql(
          "create function public.enter(t text) returns void language sql as"
              + " $$ select set_config('app.tenant', t, false) $$");
      psql.say("listen \"No\"\"ws\"; select public.enter('kiwi') is null");
      SwitchoverLab.announce(fixture);
      lab.awaitAnswers(1);
      lab.finish(fixture);

      assertThat(psql.say("select current_setting('app.tenant'), pg_listening_channels()"))
          .as(() -> SwitchoverLab.story(fixture))
          .isEqualTo("kiwi|No\"ws");
    }
  }

  @Test
  void aSwitchoverThatIsCalledOffLeavesTheSessionsWhereTheyAre() throws Exception {
    try (SwitchoverLab lab = new SwitchoverLab();
        ProxyFixture fixture = lab.proxy(KeepSessions.PLANNED, false);
        PsqlSession staying = SwitchoverLab.psql(fixture, false);
        PsqlSession ended = SwitchoverLab.psql(fixture, false)) {
      String pid = staying.say("select pg_backend_pid()");
      String other = ended.say("select pg_backend_pid()");
      SwitchoverLab.announce(fixture);
      lab.old.sql("select pg_terminate_backend(" + other + ", 5000)");
      fixture.failover(Optional.empty());
      fixture.refresh();

      assertThat(staying.say("select pg_backend_pid()")).isEqualTo(pid);
      assertThat(ended.say("select 1"))
          .as("whom an administrator ends is ended")
          .contains("terminating connection due to administrator command");
      assertThat(SwitchoverLab.stats(fixture).kept().restored()).isZero();
    }
  }
}
