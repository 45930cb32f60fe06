package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.Cidr;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.importer.common.ImportSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Files as the tools that set up Patroni clusters write them. */
class ShapesTest {
  private static ListenerConfig listener(TrunklineConfig config, String name) {
    return config.listeners().stream()
        .filter(it -> it.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void oneListenerForEachKindOfMemberAtTheAddressThatFollowsTheLeader() {
    ImportSource vipManager =
        Importing.vipManager(
            """
            trigger-key: "/leader"
            trigger-value: 200
            ip: 10.9.0.200
            netmask: 24
            interface: ens192
            hosting-type: basic
            dcs-type: patroni
            """);
    ImportSource patroni =
        Importing.patroni(
            """
            scope: postgres-cluster
            name: db1
            etcd3: {hosts: "10.9.0.11:2379,10.9.0.12:2379"}
            postgresql: {connect_address: "10.9.0.11:5432"}
            """);
    TrunklineConfig config =
        Importing.config(Importing.resource("shape-ansible.cfg"), vipManager, patroni);
    assertThat(config.clusters()).hasSize(1);
    assertThat(config.clusters().getFirst().etcd().orElseThrow().hosts()).hasSize(2);
    // The VIP is not always here, so its port is bound on every address.
    assertThat(listener(config, "master").bind()).hasToString("0.0.0.0:5000");
    assertThat(listener(config, "master").route()).isEqualTo(RouteKind.PRIMARY);
    assertThat(listener(config, "master").limits().maxConnections()).isEqualTo(10_000);
    ListenerConfig replicas = listener(config, "replicas");
    assertThat(replicas.route()).isEqualTo(RouteKind.REPLICA);
    assertThat(replicas.maxLag()).hasValue(10L << 20);
    assertThat(replicas.balance()).isEqualTo(Balance.ROUND_ROBIN);
    assertThat(listener(config, "replicas_sync").route()).isEqualTo(RouteKind.SYNC);
    assertThat(listener(config, "replicas_sync").balance()).isEqualTo(Balance.LEAST_CONNECTIONS);
    assertThat(listener(config, "replicas_async").route()).isEqualTo(RouteKind.ASYNC);
    assertThat(listener(config, "replicas_async").maxLag()).hasValue(1L << 20);
    assertThat(config.admin().bind()).hasToString("10.9.0.21:7000");
    assertThat(config.vips().getFirst().mode()).isEqualTo(VipConfig.Mode.LEADER);
    assertThat(config.vips().getFirst().memberName()).contains("db1");
    assertThat(Importing.remarks(Importing.resource("shape-ansible.cfg")))
        .anyMatch(it -> it.startsWith("33: lost: server port 6432"))
        .anyMatch(it -> it.startsWith("39: lost: listen replicas: tag_datacenter"));
  }

  @Test
  void servicesWithBackupServersAndAGuardedStatisticsPage() {
    TrunklineConfig config = Importing.config("shape-services.cfg");
    assertThat(config.admin().bind()).hasToString("127.0.0.1:7000");
    ListenerConfig primary = listener(config, "pg-test-primary");
    assertThat(primary.route()).isEqualTo(RouteKind.PRIMARY);
    assertThat(primary.limits().maxConnections()).isEqualTo(5000);
    assertThat(primary.limits().maxConnectionsPerBackend()).isEqualTo(3000);
    ListenerConfig replica = listener(config, "pg-test-replica");
    assertThat(replica.route()).isEqualTo(RouteKind.REPLICA);
    assertThat(replica.fallback()).contains(RouteKind.PRIMARY);
    assertThat(replica.slowStart()).isEqualTo(Duration.ofSeconds(30));
    assertThat(replica.weights())
        .isEqualTo(Map.of("pg-test-1", 100, "pg-test-2", 80, "pg-test-3", 100));
    assertThat(Importing.remarks(Importing.resource("shape-services.cfg")))
        .anyMatch(it -> it.startsWith("9: lost: statistics with a password"))
        .anyMatch(it -> it.startsWith("35: changed: listen pg-test-replica: backup servers"));
  }

  @Test
  void unicastWithTwoFamiliesAndConditionalLines() {
    String yaml = Importing.imported(Importing.resource("shape-unicast.conf")).yaml();
    TrunklineConfig config =
        Importing.config(
            Importing.resource("shape-unicast.conf"),
            Importing.patroni("{scope: pg-test, etcd3: {host: 'e1:2379'}}"));
    List<VipConfig> vips = config.vips();
    assertThat(vips).extracting(VipConfig::name).containsExactly("pg-test");
    VipConfig four = vips.getFirst();
    assertThat(four.addresses()).map(String::valueOf).containsExactly("10.8.0.2/24");
    assertThat(four.vrrp().version()).isEqualTo(2);
    assertThat(four.vrrp().routerId()).isEqualTo(128);
    assertThat(four.vrrp().priority()).isEqualTo(101);
    assertThat(four.vrrp().preempt()).isFalse();
    assertThat(four.vrrp().garpRepeat()).isEqualTo(3);
    // Version 2 counts in whole seconds.
    assertThat(four.vrrp().advertInterval()).isEqualTo(Duration.ofSeconds(2));
    assertThat(four.vrrp().authPass().orElseThrow().reveal()).isEqualTo("pg-test-128");
    assertThat(four.vrrp().unicastPeers())
        .map(it -> it.getHostAddress())
        .containsExactly("10.8.0.22", "10.8.0.23");
    // keepalived takes the family of the first address for what it advertises.
    assertThat(four.excludedAddresses())
        .map(String::valueOf)
        .containsExactly(Cidr.parse("2001:db8::2/64").toString());
    assertThat(yaml).contains("lost: notify_master: nothing is run when a VIP moves");
  }
}
