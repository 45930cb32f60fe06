package io.trunkline.proxy;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig.KeepSessions;
import io.trunkline.config.Secret;
import io.trunkline.config.SslMode;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import io.trunkline.proxy.session.SessionFilter;
import io.trunkline.proxy.session.SessionState;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.FailoverKey;
import io.trunkline.testing.Await;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Two real PostgreSQL, of which the second takes over from the first. */
final class SwitchoverLab implements AutoCloseable {
  static final AuthConfig AUTH =
      new AuthConfig(
          "trunkline_auth",
          new Secret("asks"),
          "postgres",
          "SELECT rolname, rolpassword FROM trunkline.get_auth($1)",
          false);

  final PostgresLab old;
  final PostgresLab next;

  SwitchoverLab() {
    old = PostgresLab.primary();
    old.enableTls(Objects.requireNonNull(TestTls.file("server.crt").getParent()));
    ClientLoginTest.installAuth(old);
    old.sql(
        "create role worker",
        "grant worker to scram",
        "create schema own authorization scram",
        "create table t (n int)",
        "alter table t owner to scram");
    next = old.standby();
  }

  ProxyFixture proxy(KeepSessions keep, boolean tls) throws IOException {
    return proxy(keep, tls, new Settings());
  }

  ProxyFixture proxy(KeepSessions keep, boolean tls, Settings settings) throws IOException {
    settings.keepSessions = keep;
    if (tls) {
      settings.terminating(TestTls.file("server.crt"));
      settings.backendTls = Settings.backendTls(SslMode.VERIFY_FULL);
    }
    settings.auth = Optional.of(AUTH);
    ProxyFixture fixture = new ProxyFixture(settings);
    fixture.member("n1", new HostPort("127.0.0.1", old.port()));
    fixture.member("n2", new HostPort("127.0.0.1", next.port()));
    fixture.leader("n1");
    return fixture;
  }

  static PsqlSession psql(ProxyFixture fixture, boolean tls) throws IOException {
    return new PsqlSession(
        fixture,
        "user=scram password='" + PostgresLab.PASSWORD + "'",
        tls ? "sslmode=verify-full channel_binding=require" : "sslmode=disable");
  }

  static PsqlSession reader(ProxyFixture fixture) throws IOException {
    return new PsqlSession(
        "read", fixture, "user=scram password='" + PostgresLab.PASSWORD + "'", "sslmode=disable");
  }

  static void announce(ProxyFixture fixture) {
    fixture.failover(
        Optional.of(
            new FailoverKey(
                Optional.of("n1"), Optional.of("n2"), Optional.empty(), fixture.clock.instant())));
  }

  /** Waits until so many sessions have left their member. */
  static void awaitDetached(ProxyFixture fixture, int sessions) {
    Await.until(
        () ->
            fixture.proxy.sessions(SessionFilter.ALL, 1000).get().sessions().stream()
                    .filter(session -> session.state() == SessionState.DETACHED)
                    .count()
                >= sessions);
  }

  /** Waits until so many sessions have told what they are, and nothing else since. */
  void awaitAnswers(int sessions) {
    awaitAnswers(old, sessions);
  }

  static void awaitAnswers(PostgresLab member, int sessions) {
    member.sql(
        """
        do $$ begin
          for i in 1..3000 loop
            exit when (select count(*) from pg_stat_activity
              where state = 'idle' and query like 'SELECT CASE WHEN large%%') >= %d;
            if i = 3000 then raise exception 'too few sessions were asked'; end if;
            perform pg_sleep(0.01), pg_stat_clear_snapshot();
          end loop;
        end $$\
        """
            .formatted(sessions));
  }

  /** In Patroni's order. */
  void finish(ProxyFixture... fixtures) {
    old.stop("fast");
    for (ProxyFixture fixture : fixtures) {
      fixture.leader("");
    }
    promote(fixtures);
  }

  void promote(ProxyFixture... fixtures) {
    next.promote();
    next.awaitWritable();
    for (ProxyFixture fixture : fixtures) {
      fixture.leader("n2");
      fixture.failover(Optional.empty());
    }
  }

  static ListenerStats stats(ProxyFixture fixture) {
    return Objects.requireNonNull(fixture.proxy.stats().get("write"));
  }

  /** For who reads a failure. */
  static String story(ProxyFixture fixture) {
    ListenerStats stats = stats(fixture);
    Map<Object, Long> counts = new LinkedHashMap<>(stats.ends());
    counts.putAll(stats.kept().pinned());
    counts.values().removeIf(count -> count == 0);
    return "%s, %d detached, %d restored, %s %s"
        .formatted(
            counts,
            stats.kept().detached(),
            stats.kept().restored(),
            fixture.events,
            fixture.failures);
  }

  @Override
  public void close() {
    next.close();
    old.close();
  }
}
