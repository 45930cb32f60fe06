package io.trunkline.importer;

import static io.trunkline.importer.Importing.haproxy;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.RouteKind;
import io.trunkline.config.SslMode;
import io.trunkline.config.TlsConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.importer.common.ImportSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HaproxyTest {
  private static ListenerConfig only(String text) {
    return Importing.config(haproxy(text)).listeners().getFirst();
  }

  /** A listener with these lines. */
  private static String listen(String... lines) {
    return "listen x\n bind *:5000\n "
        + String.join("\n ", lines)
        + "\n server a 10.0.0.1:5432 check port 8008\n server b 10.0.0.2:5432 check port 8008\n";
  }

  @ParameterizedTest
  @CsvSource({
    "OPTIONS /primary, PRIMARY",
    "GET /master, PRIMARY",
    "HEAD /read-write, PRIMARY",
    "/leader, PRIMARY",
    "OPTIONS /, PRIMARY",
    "GET /replica, REPLICA",
    "/read-only, ANY",
    "/sync, SYNC",
    "/synchronous, SYNC",
    "/quorum, SYNC",
    "/async, ASYNC",
    "/standby-leader, STANDBY_LEADER",
    "/standby_leader, STANDBY_LEADER",
    "GET /health, ANY",
  })
  void theCheckSaysTheRoute(String check, RouteKind route) {
    assertThat(only(listen("option httpchk " + check)).route()).isEqualTo(route);
  }

  @ParameterizedTest
  @CsvSource({
    "lag=10MB, 10485760",
    "lag=1048576, 1048576",
    "lag=100kB, 102400",
    "lag=5mb&replication_state=streaming, 5242880",
    "lag=0, 1",
  })
  void theLagThatACheckAllows(String query, long bytes) {
    assertThat(only(listen("option httpchk /replica?" + query)).maxLag()).hasValue(bytes);
  }

  @Test
  void quotesEscapesCommentsAndVariables() {
    TrunklineConfig config =
        Importing.config(
            haproxy(
                """
                global
                  setenv LAG 64MB
                listen "the\\ reads"#comment
                  bind "127.0.0.1:${WRITE_PORT}" name 'a # b'
                  option httpchk GET "/replica?lag=$LAG"
                  timeout connect 250 # milliseconds
                  balance random(2)
                  server a "[2001:db8::1]:5432" check port 8008
                """));
    ListenerConfig listener = config.listeners().getFirst();
    assertThat(listener.name()).isEqualTo("the-reads");
    assertThat(listener.bind()).hasToString("127.0.0.1:6000");
    assertThat(listener.maxLag()).hasValue(64L << 20);
    assertThat(listener.connectTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(listener.balance()).isEqualTo(Balance.RANDOM_TWO);
    assertThat(config.clusters().getFirst().patroni().hosts().getFirst())
        .hasToString("http://[2001:db8::1]:8008");
  }

  @Test
  void aVariableThatIsNotDefinedHereStaysOne() {
    ImportSource source =
        haproxy(
            "listen x\n"
                + " bind \"*:$PG_PORT\"\n"
                + " option httpchk /\n"
                + " server a a:5432 check port 8008\n");
    assertThat(Importing.imported(source).yaml()).contains("bind: \"0.0.0.0:${PG_PORT}\"");
    assertThat(Importing.remarks(source))
        .anyMatch(it -> it.startsWith("2: missing: environment variable PG_PORT"));
  }

  @Test
  void presetenvDefinesOnlyWhatIsNotDefined() {
    assertThat(
            only("global\n presetenv WRITE_PORT 7000\n presetenv OTHER 7001\n"
                    + listen("option httpchk /", "bind \"*:$OTHER\"")
                        .replace("*:5000", "\"*:$WRITE_PORT\""))
                .bind())
        .hasToString("0.0.0.0:6000");
  }

  @Test
  void statisticsThatNotEverybodyGotStayHere() {
    for (String line :
        new String[] {
          "http-request deny unless { src 10.0.0.0/8 }",
          "tcp-request connection reject if !{ src 10.0.0.0/8 }",
          "stats http-request auth unless { src 10.0.0.0/8 }"
        }) {
      String stats = "listen stats\n mode http\n bind *:7000\n stats enable\n " + line + "\n";
      TrunklineConfig config = Importing.config(haproxy(stats + listen("option httpchk /primary")));
      assertThat(config.admin().bind()).as(line).hasToString("127.0.0.1:7000");
    }
  }

  @Test
  void serversThatDifferInTlsAreTold() {
    String text =
        """
        listen x
          bind *:5000 ssl crt /etc/ssl/pg.pem
          option httpchk /primary
          server a db1:5432 ssl verify none check port 8008
          server b db2:5432 %s check port 8008
        """;
    assertThat(Importing.remarks(haproxy(text.formatted("ssl verify none"))))
        .noneMatch(it -> it.contains("server a: its TLS"));
    assertThat(Importing.remarks(haproxy(text.formatted("ssl verify required ca-file /ca.crt"))))
        .anyMatch(it -> it.startsWith("4: changed: server a: its TLS is that of all servers"));
  }

  @Test
  void anOpenQuoteIsUnreadable() {
    assertThat(Importing.translate(haproxy("listen x\n bind \"*:5000\n")))
        .hasToString(
            "Unreadable[problems=[haproxy.cfg:2:7: the quote that begins here is never closed on"
                + " this line]]");
  }

  @Test
  void defaultsCountForWhatFollowsOrNamesThem() {
    TrunklineConfig config =
        Importing.config(
            haproxy(
                """
                defaults slow
                  timeout connect 9s
                  option httpchk /primary
                defaults fast from slow
                  timeout connect 1s
                listen a
                  bind *:1001
                  server a 10.0.0.1:5432 check port 8008
                listen b from slow
                  bind *:1002
                  server a 10.0.0.1:5432 check port 8008
                """));
    assertThat(config.listeners())
        .extracting(ListenerConfig::connectTimeout)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(9));
  }

  @Test
  void defaultsWithoutANameReplaceThoseBefore() {
    assertThat(
            only("""
            defaults
              timeout connect 9s
            defaults
              option httpchk /primary
            listen a
              bind *:1001
              server a 10.0.0.1:5432 check port 8008
            """)
                .connectTimeout())
        .isEqualTo(Duration.ofSeconds(2));
  }

  /** A frontend with these lines, and backends of replicas and of the primary. */
  private static String reads(String lines) {
    return """
    frontend reads
      bind *:5001
      %s
    backend replicas
      option httpchk /replica
      server a 10.0.0.1:5432 check port 8008
    backend main
      option httpchk /primary
      server a 10.0.0.1:5432 check port 8008
    """
        .formatted(lines);
  }

  @Test
  void replicasWithThePrimaryWhenThereIsNone() {
    for (String condition :
        new String[] {
          "default_backend replicas\n use_backend main if { nbsrv(replicas) lt 1 }",
          "acl none nbsrv(replicas) eq 0\n use_backend main if none\n default_backend replicas",
          "use_backend replicas if { nbsrv(replicas) gt 0 }\n default_backend main",
          "use_backend main unless { nbsrv(replicas) ge 1 }\n default_backend replicas",
        }) {
      ListenerConfig listener = only(reads(condition));
      assertThat(listener.route()).as(condition).isEqualTo(RouteKind.REPLICA);
      assertThat(listener.fallback()).as(condition).contains(RouteKind.PRIMARY);
    }
  }

  @Test
  void whoMayConnect() {
    ListenerConfig listener =
        only(
            listen(
                "option httpchk /primary",
                "acl office src 10.1.0.0/16 10.2.0.0/16",
                "tcp-request connection reject if { src 10.1.9.0/24 }",
                "tcp-request connection accept if office",
                "tcp-request connection reject"));
    assertThat(listener.rules())
        .extracting(rule -> rule.action() + " " + rule.from())
        .containsExactly("REJECT [10.1.9.0/24]", "ALLOW [10.1.0.0/16, 10.2.0.0/16]", "REJECT []");
    assertThat(
            only(listen(
                    "option httpchk /primary",
                    "tcp-request connection reject if !{ src 10.0.0.0/8 }"))
                .allow())
        .map(String::valueOf)
        .containsExactly("10.0.0.0/8");
  }

  @Test
  void arefusalThatCannotBeCarriedOverIsTold() {
    assertThat(
            Importing.remarks(
                haproxy(
                    listen(
                        "option httpchk /primary",
                        "tcp-request connection reject if { src -f /etc/haproxy/bad.lst }"))))
        .anyMatch(it -> it.startsWith("4: lost: tcp-request connection: is not carried over"));
  }

  @Test
  void tlsEndsHere() {
    ListenerConfig listener =
        only(
            """
            global
              ca-base /etc/ssl
            listen x
              bind *:5000 ssl crt /etc/ssl/pg.pem ca-file ca.crt verify optional ssl-min-ver TLSv1.3
              option httpchk /primary
              server a db:5432 ssl verify required ca-file ca.crt verifyhost db check port 8008 check-ssl
            """);
    assertThat(listener.tls().mode()).isEqualTo(TlsConfig.Mode.TERMINATE);
    assertThat(listener.tls().require()).isTrue();
    assertThat(listener.tls().clientCert()).isEqualTo(TlsConfig.ClientCert.OPTIONAL);
    assertThat(listener.tls().minVersion()).isEqualTo(TlsConfig.MinVersion.TLSV1_3);
    assertThat(listener.backendTls().mode()).isEqualTo(SslMode.VERIFY_FULL);
  }

  @Test
  void checksOverTls() {
    String text =
        "listen x\n bind *:5000\n option httpchk /primary\n"
            + " server a 10.0.0.1:5432 check port 8009 check-ssl ca-file /etc/ca.crt %s\n";
    PatroniConfig required =
        Importing.config(haproxy(text.formatted("verify required")))
            .clusters()
            .getFirst()
            .patroni();
    assertThat(required.verify()).isEqualTo(PatroniConfig.Verify.CA);
    assertThat(required.tls().cacert()).isPresent();
    assertThat(required.hosts().getFirst()).hasToString("https://10.0.0.1:8009");
    PatroniConfig none =
        Importing.config(haproxy(text.formatted("verify none"))).clusters().getFirst().patroni();
    assertThat(none.verify()).isEqualTo(PatroniConfig.Verify.NONE);
    assertThat(none.tls().cacert()).isEmpty();
  }

  @Test
  void proxyHeadersAreTakenFromWhomTheyWere() {
    assertThat(
            only(listen("option httpchk /primary").replace("*:5000", "*:5000 accept-proxy"))
                .proxyProtocolFrom())
        .map(String::valueOf)
        .containsExactly("0.0.0.0/0", "0:0:0:0:0:0:0:0/0");
    assertThat(
            only(listen(
                    "option httpchk /primary",
                    "tcp-request connection expect-proxy layer4 if { src 10.0.0.9 }"))
                .proxyProtocolFrom())
        .map(String::valueOf)
        .containsExactly("10.0.0.9/32");
  }

  @Test
  void serversThatAreNotSharedAreAnotherCluster() {
    TrunklineConfig config =
        Importing.config(
            haproxy(
                """
                defaults
                  option httpchk /primary
                listen shop
                  bind *:5000
                  server a 10.0.0.1:5432 check port 8008
                listen crm
                  bind *:5001
                  server b 10.0.1.1:5432 check port 8008
                """),
            Importing.patroni(
                "{scope: crm, etcd3: {hosts: ['10.0.1.9:2379']}, postgresql: {connect_address:"
                    + " '10.0.1.1:5432'}}"));
    assertThat(config.listeners())
        .extracting(it -> it.name() + " " + it.cluster())
        .containsExactly("shop main", "crm crm");
  }

  @Test
  void manyAddressesAndPorts() {
    assertThat(
            Importing.config(
                    haproxy(
                        listen("option httpchk /primary")
                            .replace("*:5000", "10.0.0.9:5000,:::5001,*:6000-6002")))
                .listeners())
        .extracting(it -> it.bind().toString())
        .containsExactly(
            "10.0.0.9:5000", "[::]:5001", "0.0.0.0:6000", "0.0.0.0:6001", "0.0.0.0:6002");
  }

  @Test
  void whatHasNoCounterpartIsToldWithItsLine() {
    assertThat(
            Importing.remarks(
                haproxy(
                    """
                    global
                      lua-load /etc/haproxy/a.lua
                    frontend web
                      mode http
                      bind *:80
                      default_backend x
                    frontend pg
                      bind *:5432
                      use_backend y if { req.ssl_sni -i crm }
                      default_backend x
                    backend x
                      option httpchk /primary
                      stick-table type ip size 1m
                      server a 10.0.0.1:5432 check port 8008 send-proxy on-marked-down shutdown-sessions
                    """)))
        .anyMatch(it -> it.startsWith("2: lost: lua-load"))
        .anyMatch(it -> it.startsWith("3: lost: frontend web: mode http"))
        .anyMatch(it -> it.startsWith("9: lost: use_backend"))
        .anyMatch(it -> it.startsWith("13: lost: stick-table"))
        .anyMatch(it -> it.startsWith("14: lost: send-proxy"));
  }
}
