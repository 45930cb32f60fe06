package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.RouteKind;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Remark.Kind;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations that users run come out as what they mean. */
class FixturesTest {
  @Test
  void splitPorts() {
    TrunklineConfig config = Importing.config("haproxy-split-ports.cfg", "patroni-docker.yml");
    ClusterConfig cluster = config.clusters().getFirst();
    assertThat(cluster.prefix()).isEqualTo("/db/postgres-cluster/");
    // Patroni's section etcd is API 2, which is not read.
    assertThat(cluster.etcd()).isEmpty();
    assertThat(cluster.patroni().hosts())
        .map(String::valueOf)
        .containsExactly(
            "http://patroni-master:8008",
            "http://patroni-replica1:8008",
            "http://patroni-replica2:8008");
    ListenerConfig write = config.listeners().getFirst();
    ListenerConfig read = config.listeners().getLast();
    assertThat(config.listeners()).hasSize(2);
    assertThat(write.name()).isEqualTo("postgres_master");
    assertThat(write.bind()).hasToString("0.0.0.0:5000");
    assertThat(write.route()).isEqualTo(RouteKind.PRIMARY);
    assertThat(write.limits().maxConnections()).isEqualTo(100);
    assertThat(write.limits().maxConnectionsPerBackend()).isEqualTo(100);
    assertThat(write.connectTimeout()).isEqualTo(Duration.ofSeconds(4));
    assertThat(read.bind()).hasToString("0.0.0.0:5001");
    assertThat(read.route()).isEqualTo(RouteKind.REPLICA);
    assertThat(read.fallback()).isEmpty();
    assertThat(read.balance()).isEqualTo(Balance.ROUND_ROBIN);
    assertThat(config.admin().bind()).hasToString("0.0.0.0:7000");
    assertThat(config.vips()).isEmpty();
  }

  @Test
  void splitPortsAlone() {
    TrunklineConfig config = Importing.config("haproxy-split-ports.cfg");
    assertThat(config.clusters().getFirst().scope()).isEqualTo("main");
    assertThat(config.clusters().getFirst().patroni().hosts()).hasSize(3);
    assertThat(Importing.remarks(Importing.resource("haproxy-split-ports.cfg")))
        .anyMatch(it -> it.startsWith("25: missing: scope: "))
        .anyMatch(it -> it.startsWith("25: missing: etcd: "));
  }

  @ParameterizedTest
  @CsvSource({"01, 100", "02, 90", "03, 80"})
  void sixServersWithTls(String node, int priority) {
    TrunklineConfig config =
        Importing.config(
            "haproxy-vip-port.cfg",
            "keepalived-haproxy-" + node + ".conf",
            "patroni-postgres-01.yml");
    ClusterConfig cluster = config.clusters().getFirst();
    assertThat(cluster.prefix()).isEqualTo("/service/postgresql-cluster/");
    EtcdConfig etcd = cluster.etcd().orElseThrow();
    assertThat(etcd.hosts())
        .map(String::valueOf)
        .containsExactly("192.168.0.203:2379", "192.168.0.204:2379", "192.168.0.205:2379");
    assertThat(etcd.protocol()).isEqualTo(EtcdConfig.Protocol.HTTPS);
    assertThat(etcd.tls().cacert()).isPresent();
    assertThat(etcd.tls().cert()).isPresent();
    assertThat(cluster.patroni().verify()).isEqualTo(PatroniConfig.Verify.NONE);
    assertThat(config.listeners()).hasSize(1);
    assertThat(config.listeners().getFirst().bind()).hasToString("0.0.0.0:5432");
    assertThat(config.listeners().getFirst().route()).isEqualTo(RouteKind.PRIMARY);
    VipConfig vip = config.vips().getFirst();
    assertThat(vip.name()).isEqualTo("VI_1");
    assertThat(vip.networkInterface()).isEqualTo("enp0s3");
    assertThat(vip.addresses()).map(String::valueOf).containsExactly("192.168.0.210/32");
    assertThat(vip.mode()).isEqualTo(VipConfig.Mode.VRRP);
    assertThat(vip.vrrp().version()).isEqualTo(2);
    assertThat(vip.vrrp().routerId()).isEqualTo(51);
    assertThat(vip.vrrp().priority()).isEqualTo(priority);
    assertThat(vip.vrrp().advertInterval()).isEqualTo(Duration.ofSeconds(1));
    assertThat(vip.vrrp().preempt()).isTrue();
    assertThat(vip.vrrp().authPass().orElseThrow().reveal()).isEqualTo("changeme123");
  }

  @Test
  void theCertificatesOfAnotherMachineAreToBeCopied() {
    String yaml = Importing.imported(Importing.resource("patroni-postgres-01.yml")).yaml();
    assertThat(yaml)
        .contains("      cacert: /etc/etcd/certs/ca.crt\n")
        .contains("      cert: /etc/etcd/certs/etcd-node1.crt\n")
        .contains("      key: /etc/etcd/certs/etcd-node1.key\n");
    assertThat(Importing.remarks(Importing.resource("patroni-postgres-01.yml")))
        .anyMatch(it -> it.startsWith("5: missing: the files /etc/etcd/certs/ca.crt, "));
  }

  @Test
  void vipManager() {
    TrunklineConfig config = Importing.config("vip-manager.yml");
    ClusterConfig cluster = config.clusters().getFirst();
    assertThat(cluster.prefix()).isEqualTo("/service/zabbix/");
    assertThat(cluster.etcd().orElseThrow().hosts()).hasSize(3);
    assertThat(cluster.etcd().orElseThrow().password().orElseThrow().reveal())
        .isEqualTo("patroni's secret password");
    assertThat(config.listeners()).isEmpty();
    VipConfig vip = config.vips().getFirst();
    assertThat(vip.mode()).isEqualTo(VipConfig.Mode.LEADER);
    assertThat(vip.addresses()).map(String::valueOf).containsExactly("192.168.0.123/24");
    assertThat(vip.memberName()).contains("pg-node1");
  }

  @Test
  void patroniOfEtcdApi2() {
    TrunklineConfig config = Importing.config("patroni-etcd-v2-section.yml");
    assertThat(config.clusters().getFirst().etcd()).isEmpty();
    assertThat(config.clusters().getFirst().patroni().hosts())
        .map(String::valueOf)
        .containsExactly("http://10.0.0.100:8008");
    assertThat(Importing.imported(Importing.resource("patroni-etcd-v2-section.yml")).yaml())
        .contains("# etcd: {hosts: [10.0.0.110:2379, 10.0.0.111:2379, 10.0.0.112:2379]}");
  }

  @Test
  void noRemarkHoldsASecret() {
    List<ImportSource> all =
        List.of(
            Importing.resource("haproxy-vip-port.cfg"),
            Importing.resource("keepalived-haproxy-01.conf"),
            Importing.resource("patroni-postgres-01.yml"),
            Importing.resource("vip-manager.yml"),
            Importing.resource("shape-services.cfg"),
            Importing.resource("shape-unicast.conf"));
    ImportResult.Imported imported = Importing.imported(all.toArray(ImportSource[]::new));
    assertThat(imported.remarks().toString())
        .doesNotContain("changeme123", "secret password", "hunter2", "s3cret", "pg-test-128")
        .doesNotContain("strongpassword", "replpassword");
    assertThat(imported.toString()).doesNotContain("changeme123");
  }

  @Test
  void theFileListsTheRemarks() {
    ImportResult.Imported imported =
        Importing.imported(Importing.resource("keepalived-haproxy-01.conf"));
    assertThat(imported.remarks()).anyMatch(it -> it.kind() == Kind.MISSING);
    String flat = imported.yaml().replaceAll("\n#\\s+", " ");
    assertThat(imported.remarks()).allSatisfy(it -> assertThat(flat).contains(it.toString()));
  }

  @Test
  void withoutAClusterCheckSaysWhatIsMissing() {
    String yaml = Importing.imported(Importing.resource("keepalived-haproxy-01.conf")).yaml();
    assertThat(Importing.check(yaml).toString()).contains("clusters: is missing");
  }
}
