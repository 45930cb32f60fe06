package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    ClusterConfig cluster = smallest.clusters().getFirst();
    assertThat(cluster.name()).isEqualTo("pg");
    assertThat(cluster.namespace()).isEqualTo("/service/");
    assertThat(cluster.sentinel()).isEmpty();
    assertThat(cluster.holdTimeout()).isEmpty();
    assertThat(cluster.maxLogins()).isEmpty();
    assertThat(cluster.etcd().orElseThrow())
        .isEqualTo(
            new EtcdConfig(
                List.of(new HostPort("a", 2379)),
                EtcdConfig.Protocol.HTTP,
                TlsFiles.NONE,
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void three_listeners() {
    assertThat(smallest.listeners())
        .extracting(ListenerConfig::name)
        .containsExactly("write", "read", "postgres");
    assertThat(smallest.listeners())
        .extracting(listener -> listener.bind().toString())
        .containsExactly("0.0.0.0:5000", "0.0.0.0:5001", "0.0.0.0:5432");
    assertThat(smallest.listeners()).extracting(ListenerConfig::cluster).containsOnly("pg");
    assertThat(smallest.listeners())
        .extracting(ListenerConfig::route)
        .containsExactly(RouteKind.PRIMARY, RouteKind.REPLICA, RouteKind.PRIMARY);
    assertThat(smallest.listeners().get(1).fallback()).contains(RouteKind.PRIMARY);
    assertThat(smallest.listeners().get(1).maxLag()).hasValue(16 * 1024 * 1024);
  }

  @Test
  void of_a_vip() {
    TrunklineConfig config = Loading.valid(Loading.vip("addresses: [10.0.0.1/24]"));

    VipConfig vip = config.vips().getFirst();
    assertThat(vip.cluster()).isEqualTo("main");
    assertThat(vip.memberName()).isEmpty();
    assertThat(vip.vrrp().advertInterval()).isEqualTo(Duration.ofMillis(300));
  }

  /** What the manual has as the default is what holds. */
  @Test
  void of_every_key_that_has_one() {
    check(RootReader.KEYS, EffectiveConfig.tree(smallest, Secret::reveal));
    check(ClusterReader.KEYS, first(smallest, "clusters"));
    check(PatroniReader.KEYS, (Map<?, ?>) first(smallest, "clusters").get("patroni"));
    Map<?, ?> listener = first(Loading.valid(Loading.listener("slow_start: 10s")), "listeners");
    check(ListenerReader.KEYS, listener);
    check(LimitsReader.KEYS, (Map<?, ?>) listener.get("limits"));
    check(TcpReader.KEYS, (Map<?, ?>) listener.get("tcp"));
    check(TlsReader.KEYS, (Map<?, ?>) listener.get("tls"));
    Map<?, ?> vip = first(Loading.valid(Loading.vip("addresses: [10.0.0.1/24]")), "vips");
    check(VipReader.KEYS, vip);
    check(VrrpReader.KEYS, (Map<?, ?>) vip.get("vrrp"));
  }

  private static Map<?, ?> first(TrunklineConfig config, String key) {
    List<?> items = (List<?>) EffectiveConfig.tree(config, Secret::reveal).get(key);
    return (Map<?, ?>) items.getFirst();
  }

  private static void check(Section<?> section, Map<?, ?> written) {
    for (Key<?> key : section.keys()) {
      if (key.type().byDefault() != null && written.containsKey(key.name())) {
        assertThat(String.valueOf(written.get(key.name())))
            .as(key.name())
            .isEqualTo(EffectiveConfig.text(key.byDefault()));
      }
    }
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
}
