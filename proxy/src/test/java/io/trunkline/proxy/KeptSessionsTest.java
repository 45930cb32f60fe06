package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import io.trunkline.config.SslMode;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.FailoverKey;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Idle sessions and a planned switchover between two real PostgreSQL. */
class KeptSessionsTest {
  private PostgresLab old;
  private PostgresLab next;

  @BeforeEach
  void install() {
    old = PostgresLab.primary();
    old.enableTls(Objects.requireNonNull(TestTls.file("server.crt").getParent()));
    ClientLoginTest.installAuth(old);
    old.sql("create role worker", "grant worker to scram", "create schema own authorization scram");
    next = old.standby();
  }

  @AfterEach
  void remove() {
    next.close();
    old.close();
  }

  private ProxyFixture fixture(boolean tls) throws IOException {
    Settings settings = new Settings();
    if (tls) {
      settings.terminating(TestTls.file("server.crt"));
      settings.backendTls = Settings.backendTls(SslMode.VERIFY_FULL);
    }
    settings.auth =
        Optional.of(
            new AuthConfig(
                "trunkline_auth",
                new Secret("asks"),
                "postgres",
                "SELECT rolname, rolpassword FROM trunkline.get_auth($1)",
                false));
    ProxyFixture fixture = new ProxyFixture(settings);
    fixture.member("n1", new HostPort("127.0.0.1", old.port()));
    fixture.member("n2", new HostPort("127.0.0.1", next.port()));
    fixture.leader("n1");
    return fixture;
  }

  private static PsqlSession psql(ProxyFixture fixture, boolean tls) throws IOException {
    return new PsqlSession(
        fixture,
        "user=scram password='" + PostgresLab.PASSWORD + "'",
        tls ? "sslmode=verify-full channel_binding=require" : "sslmode=disable");
  }

  private static void announce(ProxyFixture fixture) {
    fixture.failover(
        Optional.of(
            new FailoverKey(
                Optional.of("n1"), Optional.of("n2"), Optional.empty(), fixture.clock.instant())));
  }

  private void switchOver(ProxyFixture fixture) {
    announce(fixture);
    awaitAnswer();
    finish(fixture);
  }

  /** Patroni's CHECKPOINT takes longer than this. */
  private void awaitAnswer() {
    old.sql(
        """
        do $$ begin
          for i in 1..300 loop
            exit when exists (select from pg_stat_activity
              where state = 'idle' and query like '%pg_my_temp_schema%');
            perform pg_sleep(0.01), pg_stat_clear_snapshot();
          end loop;
        end $$\
        """);
  }

  /** In Patroni's order. */
  private void finish(ProxyFixture fixture) {
    old.stop("fast");
    fixture.leader("");
    next.promote();
    next.awaitWritable();
    fixture.leader("n2");
    fixture.failover(Optional.empty());
  }

  /** For who reads a failure. */
  private static String story(ProxyFixture fixture) {
    ListenerStats stats = Objects.requireNonNull(fixture.proxy.stats().get("write"));
    Map<Object, Long> counts = new LinkedHashMap<>(stats.ends());
    counts.putAll(stats.pinned());
    counts.values().removeIf(count -> count == 0);
    return "%s, %d detached, %d restored, %s %s"
        .formatted(
            counts,
            stats.sessionsDetached(),
            stats.sessionsRestored(),
            fixture.events,
            fixture.failures);
  }

  private static long restored(ProxyFixture fixture) {
    return Objects.requireNonNull(fixture.proxy.stats().get("write")).sessionsRestored();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIdleSessionGoesOn(boolean tls) throws Exception {
    try (ProxyFixture fixture = fixture(tls);
        PsqlSession psql = psql(fixture, tls)) {
      assertThat(
              psql.say(
                  "set work_mem = '7MB'; set app.tenant = 'kiwi'; set search_path = own;"
                      + " prepare foo(int) as select $1 + 1; set role worker;"
                      + " set time zone 'Europe/Berlin'"))
          .isEmpty();
      String pid = psql.say("select pg_backend_pid()");

      switchOver(fixture);

      assertThat(psql.say("execute foo(41)")).as(() -> story(fixture)).isEqualTo("42");
      assertThat(psql.say("show work_mem; show search_path; select current_setting('app.tenant')"))
          .isEqualTo("7MB\nown\nkiwi");
      assertThat(psql.say("select current_user, session_user; show time zone"))
          .isEqualTo("worker|scram\nEurope/Berlin");
      assertThat(psql.say("select pg_backend_pid(), pg_is_in_recovery()"))
          .endsWith("|f")
          .isNotEqualTo(pid + "|f");
      assertThat(restored(fixture)).isEqualTo(1);
    }
  }

  @Test
  void whatIsSaidMeanwhileIsRunOnce() throws Exception {
    old.sql("create table own.t (n int)", "alter table own.t owner to scram");
    try (ProxyFixture fixture = fixture(false);
        PsqlSession psql = psql(fixture, false)) {
      psql.say("set search_path = own");
      announce(fixture);
      awaitAnswer();
      psql.send("insert into t values (1); select count(*) from t");
      finish(fixture);

      assertThat(psql.answer()).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "listen news",
        "create temporary table t (n int)",
        "begin; declare c cursor with hold for select 1; commit",
        "do $$ begin perform pg_advisory_lock(1); end $$",
        "select set_config('app.' || 'tenant', 'x', false) is null",
        "load 'auto_explain'",
      })
  void whatCannotBeRestoredEndsTheSession(String statement) throws Exception {
    old.sql("alter role scram superuser");
    try (ProxyFixture fixture = fixture(false);
        PsqlSession psql = psql(fixture, false)) {
      psql.say(statement);
      old.sql("alter role scram nosuperuser");

      switchOver(fixture);

      assertThat(psql.say("select 1")).contains("server closed the connection");
      assertThat(restored(fixture)).isZero();
    }
  }

  @Test
  void aSwitchoverThatIsCalledOffLeavesTheSessionWhereItIs() throws Exception {
    try (ProxyFixture fixture = fixture(false);
        PsqlSession psql = psql(fixture, false)) {
      String pid = psql.say("select pg_backend_pid()");
      announce(fixture);
      fixture.failover(Optional.empty());
      fixture.refresh();

      assertThat(psql.say("select pg_backend_pid()")).isEqualTo(pid);
      assertThat(restored(fixture)).isZero();
    }
  }

  @Test
  void whomAnAdministratorEndsIsEnded() throws Exception {
    try (ProxyFixture fixture = fixture(false);
        PsqlSession psql = psql(fixture, false)) {
      String pid = psql.say("select pg_backend_pid()");
      announce(fixture);
      old.sql("select pg_terminate_backend(" + pid + ")");
      fixture.failover(Optional.empty());
      fixture.refresh();

      assertThat(psql.say("select 1"))
          .contains("terminating connection due to administrator command");
    }
  }
}
