package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.AuthConfig;
import io.trunkline.config.HostPort;
import io.trunkline.config.Secret;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsConfig;
import io.trunkline.pgwire.PostgresLab;
import io.trunkline.proxy.ProxyFixture.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Logins that this node does for its clients: psql, a real PostgreSQL, and the proxy between. */
class ClientLoginTest {
  private static final String GET_AUTH =
      """
      create function trunkline.get_auth(name text, out rolname name, out rolpassword text)
        returns setof record language sql stable security definer set search_path = '' as
        'select a.rolname, a.rolpassword from pg_catalog.pg_authid a
          where a.rolname operator(pg_catalog.=) name and a.rolcanlogin and not a.rolsuper
            and not a.rolreplication
            and (a.rolvaliduntil is null
              or a.rolvaliduntil operator(pg_catalog.>) pg_catalog.now())'
      """;

  private static PostgresLab postgres;

  @BeforeAll
  static void install() {
    postgres = PostgresLab.primary();
    postgres.enableTls(Objects.requireNonNull(TestTls.file("server.crt").getParent()));
    installAuth(postgres);
    postgres.sql("create role trusted login", "alter role postgres password 'super'");
  }

  /** The role and the function of the manual. */
  static void installAuth(PostgresLab lab) {
    lab.sql(
        "create role trunkline_auth login password 'asks'",
        "create schema trunkline",
        GET_AUTH,
        "revoke all on function trunkline.get_auth(text) from public",
        "grant usage on schema trunkline to trunkline_auth",
        "grant execute on function trunkline.get_auth(text) to trunkline_auth");
  }

  @AfterAll
  static void remove() {
    postgres.close();
  }

  private static Settings settings(TlsConfig.Mode mode, SslMode backend) {
    Settings settings = new Settings();
    if (mode == TlsConfig.Mode.TERMINATE) {
      settings.terminating(TestTls.file("server.crt"));
    }
    settings.backendTls = Settings.backendTls(backend);
    settings.auth = Optional.of(SwitchoverLab.AUTH);
    return settings;
  }

  private record Said(int status, String text) {}

  private static Said psql(ProxyFixture fixture, String... parameters)
      throws IOException, InterruptedException {
    Path ca = TestTls.file("ca.crt");
    Process process =
        new ProcessBuilder(
                "psql",
                "-XAtw",
                "host=localhost port=%d dbname=postgres connect_timeout=10 sslrootcert=%s %s"
                    .formatted(
                        Objects.requireNonNull(fixture.proxy.bound().get("write")).getPort(),
                        ca,
                        String.join(" ", parameters)),
                "-c",
                "select current_user || ' ' || case when ssl then 'TLS' else 'plain' end"
                    + " from pg_stat_ssl where pid = pg_backend_pid()")
            .redirectErrorStream(true)
            .start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    return new Said(process.exitValue(), text.strip());
  }

  private static ProxyFixture fixture(Settings settings) throws IOException {
    ProxyFixture fixture = new ProxyFixture(settings);
    fixture.member("n1", new HostPort("127.0.0.1", postgres.port()));
    fixture.leader("n1");
    return fixture;
  }

  @ParameterizedTest
  @CsvSource({
    "PASSTHROUGH, DISABLE, disable, disable, plain",
    "PASSTHROUGH, DISABLE, disable, prefer, plain",
    "PASSTHROUGH, VERIFY_FULL, disable, prefer, TLS",
    "TERMINATE, DISABLE, disable, prefer, plain",
    "TERMINATE, DISABLE, require, disable, plain",
    "TERMINATE, DISABLE, require, prefer, plain",
    "TERMINATE, DISABLE, verify-full, require, plain",
    "TERMINATE, VERIFY_FULL, disable, prefer, TLS",
    "TERMINATE, VERIFY_FULL, require, disable, TLS",
    "TERMINATE, VERIFY_FULL, require, prefer, TLS",
    "TERMINATE, VERIFY_FULL, verify-full, require, TLS",
  })
  void libpqLogsIn(
      TlsConfig.Mode mode, SslMode backend, String sslmode, String binding, String connection)
      throws Exception {
    try (ProxyFixture fixture = fixture(settings(mode, backend))) {
      Said said =
          psql(
              fixture,
              "user=scram password='" + PostgresLab.PASSWORD + "'",
              "sslmode=" + sslmode,
              "channel_binding=" + binding);

      assertThat(said).isEqualTo(new Said(0, "scram " + connection));
      assertThat(fixture.events).doesNotContain("login_passed_through");
    }
  }

  @ParameterizedTest
  @CsvSource({"scram", "ghost", "postgres"})
  void aWrongPasswordIsRefusedByPostgres(String user) throws Exception {
    int before = postgres.log().size();
    try (ProxyFixture fixture = fixture(settings(TlsConfig.Mode.TERMINATE, SslMode.VERIFY_FULL))) {
      Said said = psql(fixture, "user=" + user + " password=wrong sslmode=require");

      assertThat(said.status()).isEqualTo(2);
      assertThat(said.text())
          .endsWith("FATAL:  password authentication failed for user \"" + user + "\"");
    }
    List<String> log = postgres.log();
    assertThat(log.subList(before, log.size()))
        .anyMatch(
            line -> line.contains("password authentication failed for user \"" + user + "\""));
  }

  @Test
  void aRoleThatTheQueryLeavesOutLogsInItself() throws Exception {
    try (ProxyFixture fixture = fixture(settings(TlsConfig.Mode.TERMINATE, SslMode.VERIFY_FULL))) {
      String login = "user=postgres password=super sslmode=require";

      assertThat(psql(fixture, login, "channel_binding=disable"))
          .isEqualTo(new Said(0, "postgres TLS"));
      assertThat(psql(fixture, login).text())
          .endsWith("FATAL:  password authentication failed for user \"postgres\"");
    }
  }

  @ParameterizedTest
  @CsvSource({"md5", "clear", "trusted"})
  void otherMethodsPassThrough(String user) throws Exception {
    try (ProxyFixture fixture = fixture(settings(TlsConfig.Mode.TERMINATE, SslMode.VERIFY_FULL))) {
      assertThat(
              psql(
                  fixture,
                  "user=" + user + " password='" + PostgresLab.PASSWORD + "' sslmode=require"))
          .isEqualTo(new Said(0, user + " TLS"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "asks | SELECT rolname, rolpassword FROM trunkline.nothing($1)",
        "asks | SELECT 1 FROM trunkline.get_auth($1)",
        "asks | SELECT rolname, rolpassword FROM trunkline.get_auth($1), generate_series(1, 2)",
        "asks | SELECT 'other'::text, rolpassword FROM trunkline.get_auth($1)",
        "asks | SELECT NULL::text, rolpassword FROM trunkline.get_auth($1)",
        "asks | SELECT rolname, rolpassword FROM pg_catalog.pg_authid WHERE rolname = $1",
        "asks | SELECT $1::text, pg_sleep(60)::text",
        "wrong | SELECT rolname, rolpassword FROM trunkline.get_auth($1)",
      })
  void withoutAnAnswerTheLoginPassesThrough(String password, String query) throws Exception {
    Settings settings = settings(TlsConfig.Mode.TERMINATE, SslMode.DISABLE);
    settings.auth =
        Optional.of(
            new AuthConfig("trunkline_auth", new Secret(password), "postgres", query, false));
    try (ProxyFixture fixture = fixture(settings)) {
      String login = "user=scram password='" + PostgresLab.PASSWORD + "' sslmode=require";

      assertThat(psql(fixture, login)).isEqualTo(new Said(0, "scram plain"));
      assertThat(fixture.events).contains("login_passed_through");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT rolname, rolpassword FROM trunkline.get_auth($1) WHERE false",
        "SELECT rolname, NULL::text FROM trunkline.get_auth($1)",
        "SELECT rolname, 'no verifier'::text FROM trunkline.get_auth($1)",
      })
  void aRoleWithoutAVerifierLogsInItself(String query) throws Exception {
    Settings settings = settings(TlsConfig.Mode.TERMINATE, SslMode.DISABLE);
    settings.auth =
        Optional.of(new AuthConfig("trunkline_auth", new Secret("asks"), "postgres", query, false));
    try (ProxyFixture fixture = fixture(settings)) {
      String login = "user=scram sslmode=disable password=";

      assertThat(psql(fixture, login + "'" + PostgresLab.PASSWORD + "'"))
          .isEqualTo(new Said(0, "scram plain"));
      assertThat(psql(fixture, login + "wrong").status()).isEqualTo(2);
      assertThat(fixture.events).doesNotContain("login_passed_through");
    }
  }

  @Test
  void aChangedPasswordCountsAtOnce() throws Exception {
    postgres.sql("create role rotated login password 'one'");
    try (ProxyFixture fixture = fixture(settings(TlsConfig.Mode.TERMINATE, SslMode.VERIFY_FULL))) {
      String login = "user=rotated sslmode=require password=";

      assertThat(psql(fixture, login + "one")).isEqualTo(new Said(0, "rotated TLS"));
      postgres.sql("alter role rotated password 'two'");
      assertThat(psql(fixture, login + "two")).isEqualTo(new Said(0, "rotated TLS"));
      assertThat(psql(fixture, login + "one").status()).isEqualTo(2);
    }
  }
}
