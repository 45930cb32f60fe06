package io.trunkline.importer;

import static io.trunkline.importer.Importing.keepalived;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.importer.common.ImportSource;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class KeepalivedTest {
  private static final ImportSource PATRONI =
      Importing.patroni("{scope: main, etcd3: {hosts: 'e1:2379'}}");

  private static VipConfig only(String body) {
    return Importing.config(keepalived(instance(body)), PATRONI).vips().getFirst();
  }

  private static String instance(String body) {
    return "vrrp_instance V {\n interface eth0\n virtual_router_id 7\n" + body + "\n}\n";
  }

  @Test
  void version3() {
    VipConfig vip =
        only(
            "version 3\n advert_int 0.25\n preempt_delay 2.5\n virtual_ipaddress { 192.0.2.1/24 }");
    assertThat(vip.vrrp().version()).isEqualTo(3);
    assertThat(vip.vrrp().advertInterval()).isEqualTo(Duration.ofMillis(250));
    assertThat(vip.vrrp().preemptDelay()).isEqualTo(Duration.ofMillis(2500));
    assertThat(vip.vrrp().priority()).isEqualTo(100);
  }

  @Test
  void nopreemptIsNotHeededWithStateMaster() {
    String body = "state %s\n nopreempt\n virtual_ipaddress {\n 192.0.2.1\n }";
    assertThat(only(body.formatted("BACKUP")).vrrp().preempt()).isFalse();
    assertThat(only(body.formatted("MASTER")).vrrp().preempt()).isTrue();
  }

  @Test
  void aPasswordIsTakenAsItStands() {
    VipConfig vip =
        only(
            "authentication {\n auth_type PASS\n auth_pass \"a ${b} c\"\n }\n"
                + " virtual_ipaddress {\n 192.0.2.1\n }");
    assertThat(vip.vrrp().authPass().orElseThrow().reveal()).isEqualTo("a ${b} c");
  }

  @Test
  void whatNoFileTellsIsRefused() {
    String body = "vrrp_instance V {\n interface eth0\n virtual_ipaddress { 192.0.2.1 }\n}\n";
    assertThat(Importing.check(Importing.imported(keepalived(body), PATRONI).yaml()).toString())
        .contains("vips[0].vrrp.router_id: must be a whole number from 1 to 255");
    ImportSource other = Importing.patroni("{scope: other, etcd3: {hosts: 'e2:2379'}}");
    ImportSource good = keepalived(instance(" virtual_ipaddress { 192.0.2.1 }"));
    assertThat(Importing.check(Importing.imported(good, PATRONI, other).yaml()).toString())
        .contains("vips[0].cluster: no cluster is named \"CHANGE_ME\"");
  }

  @Test
  void blocksOfOneKeywordCountTogether() {
    assertThat(
            only("virtual_ipaddress { 192.0.2.1 }\n virtual_ipaddress { 192.0.2.2 }").addresses())
        .map(String::valueOf)
        .containsExactly("192.0.2.1/32", "192.0.2.2/32");
  }

  @Test
  void blocksMayBeginOnALineOfTheirOwn() {
    assertThat(only("virtual_ipaddress\n{\n 192.0.2.1 dev eth0 # here\n}").addresses())
        .map(String::valueOf)
        .containsExactly("192.0.2.1/32");
  }

  @Test
  void filesOfSeveralNodesAreNotMixed() {
    ImportSource one = Importing.resource("keepalived-haproxy-01.conf");
    ImportSource two = Importing.resource("keepalived-haproxy-02.conf");
    TrunklineConfig config = Importing.config(one, two, PATRONI);
    assertThat(config.vips()).hasSize(1);
    assertThat(config.vips().getFirst().vrrp().priority()).isEqualTo(100);
    assertThat(Importing.remarks(one, two))
        .anyMatch(it -> it.contains("priorities differ from node to node"));
  }

  @Test
  void aBlockThatIsNeverClosedIsUnreadable() {
    assertThat(Importing.translate(keepalived("vrrp_instance V {\n interface eth0\n")))
        .hasToString(
            "Unreadable[problems=[keepalived.conf:1:1: the block vrrp_instance that begins here is"
                + " never closed]]");
  }

  @Test
  void definitionsThatGrowWithoutEndAreUnreadable() {
    StringBuilder text = new StringBuilder("$A=xxxxxxxxxxxxxxxx\n");
    for (int i = 0; i < 64; i++) {
      text.append("$A=$A$A$A$A\n");
    }
    assertThat(Importing.translate(keepalived(text.toString())).toString())
        .contains("larger than 4 MB");
  }

  @Test
  void whatHasNoCounterpartIsToldWithItsLine() {
    assertThat(
            Importing.remarks(
                keepalived(
                    "include other.conf\nvrrp_sync_group G {\n group {\n V\n }\n}\n"
                        + "virtual_server 10.0.0.1 5432 {\n}\n"
                        + instance(
                            "use_vmac\n unicast_src_ip 10.0.0.1\n virtual_ipaddress {\n 192.0.2.1"
                                + "\n }\n notify /x.sh"))))
        .anyMatch(it -> it.startsWith("1: missing: include"))
        .anyMatch(it -> it.startsWith("2: changed: vrrp_sync_group"))
        .anyMatch(it -> it.startsWith("7: lost: virtual_server"))
        .anyMatch(it -> it.startsWith("12: changed: use_vmac"))
        .anyMatch(it -> it.startsWith("13: changed: unicast_src_ip"))
        .anyMatch(it -> it.startsWith("17: lost: notify"));
  }
}
