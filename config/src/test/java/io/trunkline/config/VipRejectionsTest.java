package io.trunkline.config;

import static io.trunkline.config.Loading.cluster;
import static io.trunkline.config.Loading.rejects;
import static io.trunkline.config.Loading.valid;
import static io.trunkline.config.Loading.vip;
import static io.trunkline.config.Loading.withCluster;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VipRejectionsTest {

  @Test
  void required_keys() {
    rejects(
        withCluster("vips: [{}]\n"),
        "2:8: vips[0].addresses: is missing; write addresses: [192.0.2.10/24]",
        "2:8: vips[0].name: is missing; write name: NAME",
        "2:8: vips[0].interface: is missing; write interface: eth0");
    rejects(
        vip("addresses: []"),
        "3:16: vips[0].addresses: is empty; write at least one address: [192.0.2.10/24]");
  }

  @Test
  void interfaces() {
    rejects(
        withCluster("vips: [{name: a, interface: enp0s8, addresses: [10.0.0.1]}]\n"),
        "2:29: vips[0].interface: this machine has no network interface \"enp0s8\";"
            + " did you mean enp0s3? (there is: enp0s3, lo)");
  }

  @Test
  void addresses() {
    rejects(
        vip("addresses: [10.0.0.0/24, 10.0.0.1/40, 224.0.0.18, 0.0.0.0, x, 10.0.0.1/0]"),
        "3:17: vips[0].addresses[0]: \"10.0.0.0/24\" is the network, not an address in it;"
            + " name the address",
        "3:30: vips[0].addresses[1]: \"10.0.0.1/40\": the part after / must be a number of bits"
            + " from 0 to 32",
        "3:43: vips[0].addresses[2]: \"224.0.0.18\" is not the address of a host",
        "3:55: vips[0].addresses[3]: \"0.0.0.0\" is not the address of a host",
        "3:64: vips[0].addresses[4]: \"x\" is not an IPv4 or IPv6 address",
        "3:67: vips[0].addresses[5]: \"10.0.0.1/0\" has no prefix length to speak of;"
            + " write 10.0.0.1/24");
    rejects(
        vip("addresses: [10.0.0.1/24, '2001:db8::1/64']"),
        "3:30: vips[0].addresses[1]: \"2001:db8::1/64\" is of another family than the first"
            + " address, and an advertisement carries one family only; write it in"
            + " excluded_addresses, which move with the VIP without being advertised, or make a"
            + " second VIP");
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {unicast_peers: ['::2', 224.0.0.1, x]}"),
        "4:28: vips[0].vrrp.unicast_peers[0]: \"::2\" is of another family than the VIP's"
            + " addresses",
        "4:35: vips[0].vrrp.unicast_peers[1]: \"224.0.0.1\" is a multicast group;"
            + " without peers multicast is used",
        "4:46: vips[0].vrrp.unicast_peers[2]: \"x\" is not an IPv4 or IPv6 address");
  }

  @Test
  void excluded_addresses_are_of_any_family_and_only_for_vrrp() {
    VipConfig vip =
        valid(
                vip(
                    "addresses: [10.0.0.1/24]\n"
                        + "excluded_addresses: [10.0.0.2, '2001:db8::1/64']\n"
                        + "vrrp: {version: 2}"))
            .vips()
            .getFirst();
    assertThat(vip.addresses()).hasToString("[10.0.0.1/24]");
    assertThat(vip.excludedAddresses()).hasToString("[10.0.0.2/32, 2001:db8:0:0:0:0:0:1/64]");
    assertThat(vip.allAddresses())
        .hasToString("[10.0.0.1/24, 10.0.0.2/32, 2001:db8:0:0:0:0:0:1/64]");
    assertThat(valid(vip("addresses: ['2001:db8::1/64']\nexcluded_addresses: [10.0.0.2]")).vips())
        .hasSize(1);
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: leader\nexcluded_addresses: ['2001:db8::1/64']"),
        "5:25: vips[0].excluded_addresses: is used only with mode: vrrp;"
            + " write them in addresses");
    rejects(
        vip("addresses: [10.0.0.1/24]\nexcluded_addresses: [10.0.0.0/24, 10.0.0.1/16]"),
        "4:25: vips[0].excluded_addresses: 10.0.0.1 is already an address on line 3",
        "4:26: vips[0].excluded_addresses[0]: \"10.0.0.0/24\" is the network, not an address in"
            + " it; name the address");
    rejects(
        vip("excluded_addresses: [10.0.0.1/24]"),
        "3:5: vips[0].addresses: is missing; write addresses: [192.0.2.10/24]");
    rejects(
        vip(
            "addresses: [10.0.0.1/24]\n"
                + "excluded_addresses: ['2001:db8::1/64']\n"
                + "duplicate_address: refuse"),
        "5:24: vips[0].duplicate_address: refuse asks by ARP, which IPv6 does not have;"
            + " write warn");
  }

  @Test
  void as_many_addresses_as_an_advertisement_can_count() {
    String most =
        IntStream.range(0, 255)
            .mapToObj(i -> "10.0.%d.9/16".formatted(i))
            .collect(Collectors.joining(", "));
    String others = most.replace("10.0.", "10.1.");
    valid(vip("addresses: [%s]\nexcluded_addresses: [%s]".formatted(most, others)));
    rejects(
        vip("addresses: [%s, 10.0.255.9]".formatted(most)),
        "3:16: vips[0].addresses: has 256 addresses; write at most 255, and a second VIP for the"
            + " others");
    rejects(
        vip("addresses: [10.2.0.1/24]\nexcluded_addresses: [%s, 10.0.255.9]".formatted(most)),
        "4:25: vips[0].excluded_addresses: has 256 addresses; write at most 255, and a second VIP"
            + " for the others");
  }

  @Test
  void ranges() {
    rejects(
        vip(
            """
            addresses: [10.0.0.1/24]
            vrrp:
              version: 4
              router_id: 256
              priority: 0
              advert_interval: 305ms
              preempt: perhaps
              preempt_delay: 2h
              garp_repeat: 0
            """),
        "5:16: vips[0].vrrp.version: \"4\" is not between 2 and 3",
        "6:18: vips[0].vrrp.router_id: \"256\" is not between 1 and 255",
        "7:17: vips[0].vrrp.priority: \"0\" is not between 1 and 255",
        "8:24: vips[0].vrrp.advert_interval: must be a multiple of 10ms, as in 300ms",
        "9:16: vips[0].vrrp.preempt: must be true or false, not \"perhaps\"",
        "10:22: vips[0].vrrp.preempt_delay: \"2h\" is not between 0s and 1h",
        "11:20: vips[0].vrrp.garp_repeat: \"0\" is not between 1 and 100");
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {advert_interval: 41s}"),
        "4:29: vips[0].vrrp.advert_interval: \"41s\" is not between 10ms and 40950ms");
  }

  @Test
  void version_2() {
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {version: 2, advert_interval: 1500ms}"),
        "4:41: vips[0].vrrp.advert_interval: must be whole seconds with version 2, as in 1s");
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {version: 2, advert_interval: 300ms}"),
        "4:41: vips[0].vrrp.advert_interval: \"300ms\" is not between 1s and 255s");
    rejects(
        vip("addresses: ['::5/64']\nvrrp: {version: 2, checksum_as_v2: on}"),
        "4:21: vips[0].vrrp.version: VRRP 2 carries no IPv6 addresses; write version: 3",
        "4:40: vips[0].vrrp.checksum_as_v2: is used only with version 3 over IPv4");
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {auth_pass: changeme123}"),
        "4:23: vips[0].vrrp.auth_pass: is used only with version: 2;"
            + " VRRP 3 has no authentication");
    valid(vip("addresses: [10.0.0.1/24]\nvrrp: {version: 2, auth_pass: longer than eight}"));
  }

  @Test
  void keys_without_meaning() {
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: etcd\nmember: x\nvrrp: {priority: 5, garp_repeat: 2}"),
        "5:13: vips[0].member: is used only with mode: leader",
        "6:22: vips[0].vrrp.priority: is used only with mode: vrrp");
    rejects(
        vip("addresses: [10.0.0.1/24]\nvrrp: {preempt: false, preempt_delay: 5s}"),
        "4:43: vips[0].vrrp.preempt_delay: has no meaning without preempt; remove it");
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: lease"),
        "4:11: vips[0].mode: \"lease\" is not one of vrrp, etcd, leader");
  }

  @Test
  void refusing_a_duplicate_address_takes_arp() {
    rejects(
        vip("addresses: ['2001:db8::1/64']\nduplicate_address: refuse"),
        "4:24: vips[0].duplicate_address: refuse asks by ARP, which IPv6 does not have;"
            + " write warn");
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: etcd\nduplicate_address: refuse"),
        "5:24: vips[0].duplicate_address: refuse is used only with mode: vrrp; write warn");
    rejects(
        vip("addresses: [10.0.0.1/24]\nduplicate_address: refuse\nvrrp: {priority: 255}"),
        "4:24: vips[0].duplicate_address: refuse is not for the owner (priority: 255), who takes"
            + " the addresses; write warn");
    rejects(
        vip("addresses: [10.0.0.1/24]\nduplicate_address: ignore"),
        "4:24: vips[0].duplicate_address: \"ignore\" is not one of warn, refuse");
    valid(vip("addresses: ['2001:db8::1/64']\nduplicate_address: warn"));
    assertThat(valid(vip("addresses: [10.0.0.1/24]")).vips().getFirst().duplicateAddress())
        .isEqualTo(VipConfig.DuplicateAddress.WARN);
  }

  @Test
  void mode_etcd_needs_etcd() {
    rejects(
        cluster("scope: a\npatroni: {hosts: [x]}")
            + "vips: [{name: a, interface: lo, addresses: [10.0.0.1/24], mode: etcd}]\n",
        "4:65: vips[0].mode: etcd needs a cluster that has etcd; use vrrp");
  }

  @Test
  void leases() {
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: etcd\netcd: {lease_ttl: 4s}"),
        "5:23: vips[0].etcd.lease_ttl: 4s is too short: until a dead holder's kernel has removed"
            + " the addresses (3s), between two renewals (1s) and until etcd has answered (1s) it"
            + " takes 5s; write 5s or more");
    rejects(
        vip("addresses: [10.0.0.1/24]\nmode: etcd\netcd: {lease_ttl: 5500ms}"),
        "5:23: vips[0].etcd.lease_ttl: must be whole seconds, as in 5s");
    rejects(
        vip("addresses: [10.0.0.1/24]\netcd: {lease_ttl: 10s}"),
        "4:11: vips[0].etcd: is used only with mode: etcd");
    rejects(
        cluster("scope: a\nnamespace: trunkline\netcd: {hosts: [x]}")
            + "vips: [{name: v, interface: lo, addresses: [10.0.0.1/24], mode: etcd}]\n",
        "5:8: vips[0].etcd.group: /trunkline/a/vip/v/ would be among Patroni's own keys"
            + " (/trunkline/a/); write another group");
    valid(vip("addresses: [10.0.0.1/24]\nmode: etcd\netcd: {lease_ttl: 5s}"));
  }

  @Test
  void rivals() {
    rejects(
        withCluster(
            """
            vips:
              - {name: a, interface: lo, addresses: [10.0.0.1/24]}
              - {name: a, interface: lo, addresses: [10.0.0.2/24, 10.0.0.1/16], vrrp: {router_id: 51}}
              - {name: c, interface: lo, addresses: [10.0.0.3/24], vrrp: {priority: 50}}
            """),
        "4:12: vips[1].name: VIP \"a\" is already defined on line 3; names must differ",
        "4:41: vips[1].addresses: 10.0.0.1 is already an address on line 3",
        "4:87: vips[1].vrrp.router_id: 51 is already used on interface lo (line 3); write another"
            + " one",
        "5:62: vips[2].vrrp.router_id: 51 is already used on interface lo (line 3); write another"
            + " one");
  }

  @Test
  void the_same_router_id_may_serve_both_families() {
    assertThat(
            valid(
                    withCluster(
                        """
                        vips:
                          - {name: a, interface: lo, addresses: [10.0.0.1/24]}
                          - {name: b, interface: lo, addresses: ["2001:db8::1/64"]}
                          - {name: c, interface: enp0s3, addresses: [10.0.0.2/24]}
                        """))
                .vips())
        .hasSize(3);
  }
}
