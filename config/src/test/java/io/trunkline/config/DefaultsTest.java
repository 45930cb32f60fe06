package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class DefaultsTest {
  private final TrunklineConfig smallest =
      Loading.valid("clusters: [{scope: pg, etcd: {hosts: [a:2379]}}]");

  @Test
  void a_scope_and_etcd_hosts_are_enough() {
    assertThat(smallest.node()).isEqualTo("proxy-01");
    assertThat(smallest.stateDir()).isEqualTo(Path.of("/var/lib/trunkline"));
    assertThat(smallest.drainTimeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(smallest.vips()).isEmpty();
    assertThat(smallest.memoryLimit()).isEmpty();
    assertThat(smallest.admin())
        .isEqualTo(
            new AdminConfig(
                new HostPort("127.0.0.1", 7000), Path.of("/run/trunkline/admin.sock"), List.of()));
    assertThat(smallest.log())
        .isEqualTo(new LogConfig(LogConfig.Level.INFO, LogConfig.Format.TEXT));
  }

  @Test
  void of_a_cluster() {
    assertThat(smallest.clusters())
        .containsExactly(
            new ClusterConfig(
                "pg",
                "pg",
                "/service/",
                Optional.of(
                    new EtcdConfig(
                        List.of(new HostPort("a", 2379)),
                        EtcdConfig.Protocol.HTTP,
                        TlsFiles.NONE,
                        Optional.empty(),
                        Optional.empty())),
                new PatroniConfig(
                    List.of(),
                    TlsFiles.NONE,
                    PatroniConfig.Verify.FULL,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(2)),
                Optional.empty(),
                Optional.empty(),
                10_000,
                Duration.ofSeconds(3),
                ClusterConfig.OnIsolation.HOLD,
                OptionalInt.empty()));
  }

  @Test
  void three_listeners() {
    assertThat(smallest.listeners())
        .containsExactly(
            listener("write", 5000, RouteKind.PRIMARY, Optional.empty(), OptionalLong.empty()),
            listener(
                "read",
                5001,
                RouteKind.REPLICA,
                Optional.of(RouteKind.PRIMARY),
                OptionalLong.of(16 * 1024 * 1024)),
            listener("postgres", 5432, RouteKind.PRIMARY, Optional.empty(), OptionalLong.empty()));
  }

  @Test
  void of_a_listener_that_is_written() {
    TrunklineConfig config =
        Loading.valid(
            Loading.withCluster("listeners: [{name: read, bind: 'a:1', route: replica}]"));

    assertThat(config.listeners().getFirst())
        .isEqualTo(
            new ListenerConfig(
                "read",
                new HostPort("a", 1),
                "main",
                RouteKind.REPLICA,
                Optional.empty(),
                Balance.LEAST_CONNECTIONS,
                OptionalLong.empty(),
                Map.of(),
                Duration.ofSeconds(10),
                new LimitsConfig(10_000, 10_000, 10_000),
                Duration.ofSeconds(10),
                Duration.ofSeconds(2),
                new TcpConfig(
                    Duration.ofSeconds(10), Duration.ofSeconds(5), 3, Duration.ofMinutes(2)),
                TlsReader.PASSTHROUGH,
                TlsReader.NO_BACKEND_TLS,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                false,
                true,
                DialTarget.POSTGRES));
  }

  @Test
  void of_a_vip() {
    TrunklineConfig config = Loading.valid(Loading.vip("addresses: [10.0.0.1/24]"));

    VipConfig vip = config.vips().getFirst();
    assertThat(vip.mode()).isEqualTo(VipConfig.Mode.VRRP);
    assertThat(vip.cluster()).isEqualTo("main");
    assertThat(vip.memberName()).isEmpty();
    assertThat(vip.vrrp())
        .isEqualTo(
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
                Duration.ZERO));
  }

  @Test
  void the_interval_of_vrrp_2_is_a_second() {
    TrunklineConfig config =
        Loading.valid(Loading.vip("addresses: [10.0.0.1/24]\nvrrp: {version: 2}"));

    assertThat(config.vips().getFirst().vrrp().advertInterval()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void the_member_of_a_vip_that_follows_the_leader_is_the_node() {
    TrunklineConfig config =
        Loading.valid("node: pg-1\n" + Loading.vip("addresses: [10.0.0.1/24]\nmode: leader"));

    assertThat(config.vips().getFirst().memberName()).contains("pg-1");
  }

  private static ListenerConfig listener(
      String name, int port, RouteKind route, Optional<RouteKind> fallback, OptionalLong maxLag) {
    ListenerConfig common =
        Loading.valid(Loading.listener("balance: least_connections")).listeners().getFirst();
    return new ListenerConfig(
        name,
        new HostPort("0.0.0.0", port),
        "pg",
        route,
        fallback,
        common.balance(),
        maxLag,
        common.weights(),
        common.slowStart(),
        common.limits(),
        common.startupTimeout(),
        common.connectTimeout(),
        common.tcp(),
        common.tls(),
        common.backendTls(),
        common.allow(),
        common.deny(),
        common.rules(),
        common.proxyProtocolFrom(),
        common.applicationNameAddHost(),
        common.followMessages(),
        common.target());
  }
}
