package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every key of full.yaml differs from its default. */
class FullMappingTest {
  private final TrunklineConfig full = Loading.valid(text());

  static String text() {
    try {
      return Files.readString(Loading.pem("../full.yaml"));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void top_level() {
    assertThat(full.node()).isEqualTo("node-7");
    assertThat(full.zone()).contains("east");
    assertThat(full.stateDir()).isEqualTo(Path.of("/srv/state"));
    assertThat(full.drainTimeout()).isEqualTo(Duration.ofMinutes(2));
    assertThat(full.memoryLimit()).hasValue(512L << 20);
    assertThat(full.admin())
        .isEqualTo(
            new AdminConfig(
                new HostPort("::1", 7001),
                Path.of("/run/a.sock"),
                List.of("proxy.example.org", "metrics")));
    assertThat(full.log()).isEqualTo(new LogConfig(LogConfig.Level.WARN, LogConfig.Format.JSON));
  }

  @Test
  void clusters() {
    assertThat(full.cluster("main"))
        .isEqualTo(
            new ClusterConfig(
                "main",
                "postgresql-cluster",
                "/db/",
                Optional.of(
                    new EtcdConfig(
                        List.of(new HostPort("192.168.0.203", 2379), new HostPort("::1", 2380)),
                        EtcdConfig.Protocol.HTTPS,
                        new TlsFiles(
                            Optional.of(Loading.pem("ca.crt")),
                            Optional.of(Loading.pem("rsa.crt")),
                            Optional.of(Loading.pem("rsa.key"))),
                        Optional.of("trunkline"),
                        Optional.of(new Secret("etcd's secret")))),
                new PatroniConfig(
                    List.of(
                        URI.create("https://pg1:8008"),
                        URI.create("http://pg2:8009"),
                        URI.create("https://[::1]:8008")),
                    new TlsFiles(
                        Optional.of(Loading.pem("ca.crt")),
                        Optional.of(Loading.pem("ec.crt")),
                        Optional.of(Loading.pem("ec.key"))),
                    PatroniConfig.Verify.CA,
                    Duration.ofMillis(500),
                    Duration.ofSeconds(3)),
                Optional.of(
                    new SentinelConfig(
                        "watcher",
                        new Secret("from a file "),
                        "monitoring",
                        new PostgresTls(
                            SslMode.VERIFY_FULL,
                            new TlsFiles(
                                Optional.of(Loading.pem("ca.crt")),
                                Optional.of(Loading.pem("ec.crt")),
                                Optional.of(Loading.pem("ec.key")))),
                        Set.of(SentinelConfig.Auth.SCRAM_SHA_256, SentinelConfig.Auth.MD5))),
                Optional.of(Duration.ofSeconds(20)),
                500,
                Duration.ofSeconds(4),
                ClusterConfig.OnIsolation.KEEP,
                OptionalInt.of(40)));
    assertThat(full.cluster("second").etcd().orElseThrow())
        .isEqualTo(
            new EtcdConfig(
                List.of(new HostPort("etcd", 2379)),
                EtcdConfig.Protocol.HTTPS,
                TlsFiles.NONE,
                Optional.of("root"),
                Optional.of(new Secret("in:url"))));
  }

  @Test
  void listeners() {
    assertThat(full.listeners())
        .containsExactly(
            new ListenerConfig(
                "reports",
                new HostPort("10.0.0.1", 5433),
                "second",
                RouteKind.SYNC,
                Optional.of(RouteKind.ANY),
                Balance.RANDOM_TWO,
                OptionalLong.of(1L << 30),
                Map.of("pg-1", 200, "pg-2", 1),
                Duration.ofSeconds(30),
                new LimitsConfig(100, 50, 10, OptionalInt.of(40), OptionalInt.of(5), 2000),
                Duration.ofSeconds(5),
                Duration.ofMillis(1500),
                new TcpConfig(
                    Duration.ofSeconds(60), Duration.ofSeconds(7), 9, Duration.ofSeconds(30)),
                new TlsConfig(
                    TlsConfig.Mode.TERMINATE,
                    new TlsFiles(
                        Optional.of(Loading.pem("ca.crt")),
                        Optional.of(Loading.pem("both.pem")),
                        Optional.empty()),
                    TlsConfig.ClientCert.REQUIRE,
                    true,
                    TlsConfig.MinVersion.TLSV1_3),
                new PostgresTls(
                    SslMode.VERIFY_FULL,
                    new TlsFiles(
                        Optional.of(Loading.pem("ca.crt")),
                        Optional.of(Loading.pem("ec.crt")),
                        Optional.of(Loading.pem("ec-sec1.key")))),
                List.of(new Cidr(address("10.0.0.0"), 8), new Cidr(address("2001:db8::"), 32)),
                List.of(new Cidr(address("10.0.0.9"), 32)),
                List.of(
                    new RuleConfig(
                        List.of(new Cidr(address("10.0.0.0"), 24)),
                        List.of("app", "report"),
                        List.of("shop"),
                        RuleConfig.Action.ALLOW,
                        OptionalInt.of(7),
                        RuleConfig.Tls.REQUIRE),
                    new RuleConfig(
                        List.of(),
                        List.of("postgres"),
                        List.of(),
                        RuleConfig.Action.REJECT,
                        OptionalInt.empty(),
                        RuleConfig.Tls.ANY)),
                List.of(new Cidr(address("10.0.0.2"), 32)),
                true,
                false,
                DialTarget.PROXY_URL));
  }

  @Test
  void vips() {
    assertThat(full.vips())
        .containsExactly(
            new VipConfig(
                "service",
                "enp0s3",
                List.of(
                    new Cidr(address("192.168.0.210"), 24), new Cidr(address("192.168.0.211"), 32)),
                List.of(new Cidr(address("192.168.0.212"), 24)),
                VipConfig.Mode.VRRP,
                VipConfig.DuplicateAddress.REFUSE,
                new VrrpConfig(
                    2,
                    52,
                    90,
                    Duration.ofSeconds(2),
                    true,
                    Duration.ofSeconds(60),
                    List.of(address("192.168.0.201"), address("192.168.0.202")),
                    Optional.of(new Secret("changeme123")),
                    false,
                    3,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(60)),
                Optional.empty(),
                "main",
                Optional.empty()),
            new VipConfig(
                "follower",
                "lo",
                List.of(
                    new Cidr(address("192.168.0.220"), 24), new Cidr(address("2001:db8::1"), 64)),
                List.of(),
                VipConfig.Mode.LEADER,
                VipConfig.DuplicateAddress.WARN,
                new VrrpConfig(
                    3,
                    51,
                    100,
                    Duration.ofMillis(300),
                    true,
                    Duration.ZERO,
                    List.of(),
                    Optional.empty(),
                    false,
                    2,
                    Duration.ofSeconds(5),
                    Duration.ZERO),
                Optional.empty(),
                "second",
                Optional.of("pg-2")),
            new VipConfig(
                "leased",
                "lo",
                List.of(new Cidr(address("192.168.0.230"), 24)),
                List.of(),
                VipConfig.Mode.ETCD,
                VipConfig.DuplicateAddress.WARN,
                new VrrpConfig(
                    3,
                    51,
                    100,
                    Duration.ofMillis(300),
                    true,
                    Duration.ZERO,
                    List.of(),
                    Optional.empty(),
                    false,
                    5,
                    Duration.ofSeconds(5),
                    Duration.ZERO),
                Optional.of(new LeaseConfig("proxies", Duration.ofSeconds(7))),
                "main",
                Optional.empty()));
  }

  @Test
  void it_is_never_shown_with_secrets() {
    assertThat(full.toString())
        .doesNotContain("etcd's secret", "from a file", "in:url", "changeme")
        .contains("********");
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }
}
