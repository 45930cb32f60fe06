package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.PatroniConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.importer.common.ImportSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatroniAndVipManagerTest {
  private static ClusterConfig cluster(String patroni) {
    return Importing.config(Importing.patroni(patroni)).clusters().getFirst();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hosts: ['a:2379', 'b:2379']",
        "hosts: 'a:2379, b:2379'",
        "host: 'a:2379,b:2379'",
        "hosts: ['http://a:2379', 'http://b:2379/']",
      })
  void endpointsOfEtcd(String hosts) {
    assertThat(cluster("{scope: s, etcd3: {%s}}".formatted(hosts)).etcd().orElseThrow().hosts())
        .map(String::valueOf)
        .containsExactly("a:2379", "b:2379");
  }

  @Test
  void aUrlSaysTheProtocol() {
    EtcdConfig etcd =
        cluster("{scope: s, etcd3: {url: 'https://a:2379', cacert: /etc/ca.crt}}")
            .etcd()
            .orElseThrow();
    assertThat(etcd.protocol()).isEqualTo(EtcdConfig.Protocol.HTTPS);
    assertThat(etcd.tls().cacert()).isPresent();
  }

  @Test
  void theRestApiIsCheckedAsPatronictlChecksIt() {
    PatroniConfig patroni =
        cluster(
                "{scope: s, etcd3: {host: 'a:2379'}, restapi: {certfile: /x.pem, verify_client:"
                    + " required}, ctl: {cacert: /etc/ca.crt, certfile: /c.pem, keyfile: /c.key}}")
            .patroni();
    assertThat(patroni.verify()).isEqualTo(PatroniConfig.Verify.FULL);
    assertThat(patroni.tls().cacert()).isPresent();
    assertThat(patroni.tls().cert()).isPresent();
  }

  @Test
  void citusGroupsAreClustersOfTheirOwn() {
    assertThat(cluster("{scope: c, etcd3: {host: 'a:2379'}, citus: {group: 1}}").prefix())
        .isEqualTo("/service/c/1/");
  }

  @Test
  void consulIsNotRead() {
    ImportSource source =
        Importing.patroni("scope: s\nconsul: {host: c}\nrestapi: {connect_address: 'a:8008'}\n");
    assertThat(Importing.config(source).clusters().getFirst().etcd()).isEmpty();
    assertThat(Importing.remarks(source)).anyMatch(it -> it.startsWith("2: lost: consul"));
  }

  @Test
  void vipManagerInItsFirstSpelling() {
    ImportSource source =
        Importing.vipManager(
            """
            key: "/db/shop/0/leader"
            nodename: pg-1
            ip: 2001:db8::5
            mask: 64
            iface: eth0
            hosting_type: hetzner
            endpoint_type: etcd
            endpoints: ["http://a:2379"]
            """);
    String yaml = Importing.imported(source).yaml();
    assertThat(yaml)
        .contains("scope: shop/0", "namespace: /db/", "addresses: [\"2001:db8::5/64\"]")
        .contains("member: pg-1", "# etcd: {hosts: [a:2379]}")
        .contains("6: lost: hetzner")
        .contains("8: missing: etcd: vip-manager before 2.0");
  }

  @Test
  void vipManagerAndPatroniAreAboutOneCluster() {
    TrunklineConfig config =
        Importing.config(
            Importing.resource("vip-manager.yml"),
            Importing.patroni("{scope: zabbix, name: pg-node1, etcd3: {host: 'e:2379'}}"));
    assertThat(config.clusters()).hasSize(1);
    assertThat(config.clusters().getFirst().etcd().orElseThrow().hosts()).hasSize(1);
  }

  @Test
  void whatNoFileTellsIsRefused() {
    String vip =
        Importing.imported(
                Importing.vipManager(
                    "trigger-key: /service/shop/leader\ndcs-type: etcd3\ninterface: eth0\n"))
            .yaml();
    assertThat(Importing.check(vip).toString()).contains("vips[0].addresses[0]: \"CHANGE_ME\"");
    String rest =
        Importing.imported(
                Importing.patroni(
                    "{scope: s, etcd3: {host: 'a:2379'}, restapi: {certfile: /x.pem, verify_client:"
                        + " required}}"))
            .yaml();
    assertThat(Importing.check(rest).toString())
        .contains("clusters[0].patroni.cert: /tmp/CHANGE_ME");
  }

  @Test
  void ofAKeyThatIsThereTwiceTheLastCounts() {
    assertThat(cluster("{scope: s, scope: t, etcd3: {host: 'a:2379'}}").scope()).isEqualTo("t");
  }

  @Test
  void whatIsNotYamlIsUnreadable() {
    assertThat(Importing.translate(Importing.patroni("scope: [s\n")).toString())
        .startsWith("Unreadable[problems=[patroni.yml:")
        .contains("is not valid YAML here");
  }
}
