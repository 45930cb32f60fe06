package io.trunkline.config;

import io.trunkline.config.VipConfig.DuplicateAddress;
import io.trunkline.config.VipConfig.Mode;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads one of {@code vips}. */
final class VipReader {
  private static final Type<List<Value>> LIST = Type.values("list of addresses with prefix length");

  static final Section<VipConfig> KEYS = new Section<>("vips[]");
  static final Key<String> NAME =
      KEYS.key("name", Type.NAME, VipConfig::name)
          .required("NAME")
          .means("Unique; the same on all nodes that share the VIP.");
  static final Key<String> INTERFACE =
      KEYS.key("interface", Type.TEXT, VipConfig::networkInterface)
          .required("eth0")
          .means("The network interface that gets the addresses. It must exist.");
  static final Key<List<Value>> ADDRESSES =
      KEYS.key("addresses", LIST, VipConfig::addresses)
          .required("[192.0.2.10/24]")
          .means(
              "What moves together. Without a prefix length: `/32` or `/128`, as keepalived does."
                  + " At most 255. In mode `vrrp` all are of one family, and the list is the same"
                  + " on all nodes: it is what an advertisement carries (keepalived's"
                  + " `virtual_ipaddress`).");
  static final Key<List<Value>> EXCLUDED_ADDRESSES =
      KEYS.key(
              "excluded_addresses",
              LIST,
              vip -> Section.when(vip.mode() == Mode.VRRP, vip.excludedAddresses()))
          .means(
              "Mode `vrrp`: what moves with them without being advertised, IPv4 and IPv6, at most"
                  + " 255 (keepalived's `virtual_ipaddress_excluded`).");
  static final Key<Mode> MODE =
      KEYS.key("mode", Type.choice(Mode.VRRP), VipConfig::mode)
          .means(
              "Who decides where the addresses are: VRRP among the proxy nodes; a [lease in"
                  + " etcd](#vipsetcd); or Patroni, whose leader they follow (on database nodes, as"
                  + " vip-manager does).");
  static final Key<DuplicateAddress> DUPLICATE_ADDRESS =
      KEYS.key("duplicate_address", Type.choice(DuplicateAddress.WARN), VipConfig::duplicateAddress)
          .means(
              "What to do about another host that uses an address. `warn`: the holder says so and"
                  + " announces itself. `refuse`, only mode `vrrp` with IPv4 and a `priority` below"
                  + " 255: also, a node does not take the addresses from a master that fell silent"
                  + " while another host [answers ARP for"
                  + " one](vip.md#when-another-host-has-an-address). A dead holder's kernel answers"
                  + " for up to 3 s, so a takeover from it takes that long.");
  static final Key<MappingReader> VRRP =
      KEYS.mapping("vrrp", VrrpReader.KEYS, Optional::of)
          .means("Settings of mode `vrrp`; the `garp_` keys are those of every mode.");
  static final Key<MappingReader> ETCD =
      KEYS.mapping("etcd", LeaseReader.KEYS, VipConfig::lease).means("Settings of mode `etcd`.");
  static final Key<String> CLUSTER =
      KEYS.key("cluster", Clusters.NAME, VipConfig::cluster)
          .without("the only one")
          .means(
              "The cluster whose primary must be reachable to bid for the VIP; in mode `etcd` its"
                  + " etcd has the lease, in mode `leader` its leader is followed. Required when"
                  + " there are several.");
  static final Key<String> MEMBER =
      KEYS.key("member", Type.TEXT, VipConfig::memberName)
          .without("the node name")
          .means("The Patroni member that this node is. Only with mode `leader`.");

  private VipReader() {}

  static VipConfig read(MappingReader in, Clusters clusters, String node, VipRivals rivals) {
    Mode mode = in.get(MODE);
    List<Cidr> addresses = addresses(in, mode);
    if (mode != Mode.VRRP) {
      in.refuse(EXCLUDED_ADDRESSES, "is used only with mode: vrrp; write them in addresses");
    }
    List<Cidr> excluded = list(in, EXCLUDED_ADDRESSES, false);
    Optional<ClusterConfig> cluster = clusters.referredBy(in, CLUSTER);
    if (mode == Mode.ETCD && cluster.filter(found -> found.etcd().isEmpty()).isPresent()) {
      in.problem(MODE, "etcd needs a cluster that has etcd; use vrrp");
    }
    if (mode != Mode.LEADER) {
      in.refuse(MEMBER, "is used only with mode: leader");
    }
    Optional<String> member = in.find(MEMBER);
    if (mode != Mode.ETCD) {
      in.refuse(ETCD, "is used only with mode: etcd");
    }
    DuplicateAddress duplicateAddress = in.get(DUPLICATE_ADDRESS);
    MappingReader vrrp = in.get(VRRP);
    String name = in.find(NAME).orElse("");
    VipConfig vip =
        new VipConfig(
            name,
            networkInterface(in),
            addresses,
            excluded,
            mode,
            duplicateAddress,
            VrrpReader.read(vrrp, mode, addresses),
            mode == Mode.ETCD
                ? Optional.of(LeaseReader.read(in.get(ETCD), name, cluster))
                : Optional.empty(),
            cluster.map(ClusterConfig::name).orElse(""),
            mode == Mode.LEADER ? member.or(() -> Optional.of(node)) : Optional.empty());
    checkDuplicateAddress(in, vip);
    rivals.add(in, vrrp, vip);
    return vip;
  }

  private static void checkDuplicateAddress(MappingReader in, VipConfig vip) {
    Key<?> key = DUPLICATE_ADDRESS;
    if (vip.duplicateAddress() == DuplicateAddress.WARN) {
      return;
    }
    if (vip.mode() != Mode.VRRP) {
      in.problem(key, "refuse is used only with mode: vrrp; write warn");
    } else if (vip.allAddresses().stream().anyMatch(each -> isIpv6(each.address()))) {
      in.problem(key, "refuse asks by ARP, which IPv6 does not have; write warn");
    } else if (vip.vrrp().priority() == 255) {
      in.problem(
          key, "refuse is not for the owner (priority: 255), who takes the addresses; write warn");
    }
  }

  private static boolean isIpv6(InetAddress address) {
    return address.getAddress().length == 16;
  }

  private static String networkInterface(MappingReader in) {
    Set<String> known = in.context().machine().networkInterfaces();
    Optional<String> name = in.find(INTERFACE);
    name.filter(given -> !known.contains(given))
        .ifPresent(
            given ->
                in.problem(
                    INTERFACE,
                    "this machine has no network interface %s%s (there is: %s)"
                        .formatted(
                            Shown.of(given),
                            Suggestions.didYouMean(given, known),
                            String.join(", ", known))));
    return name.orElse("");
  }

  private static List<Cidr> addresses(MappingReader in, Mode mode) {
    List<Cidr> addresses = list(in, ADDRESSES, mode == Mode.VRRP);
    if (in.isEmptyList(ADDRESSES)) {
      in.problem(ADDRESSES, "is empty; write at least one address: [192.0.2.10/24]");
    }
    return addresses;
  }

  private static List<Cidr> list(MappingReader in, Key<List<Value>> key, boolean ofOneFamily) {
    List<Cidr> all = new ArrayList<>();
    for (Value value : in.get(key)) {
      value.as(Addresses::cidr).flatMap(cidr -> usable(value, cidr)).ifPresent(all::add);
      if (ofOneFamily && !all.isEmpty() && isMixed(all)) {
        value.reject(
            Shown.of(value.text())
                + " is of another family than the first address, and an advertisement carries"
                + " one family only; write it in excluded_addresses, which move with the VIP"
                + " without being advertised, or make a second VIP");
        all.removeLast();
      }
    }
    if (all.size() > VipConfig.MOST_ADDRESSES) {
      in.problem(
          key,
          "has %d addresses; write at most %d, and a second VIP for the others"
              .formatted(all.size(), VipConfig.MOST_ADDRESSES));
      return all.subList(0, VipConfig.MOST_ADDRESSES);
    }
    return all;
  }

  private static Optional<Cidr> usable(Value value, Cidr cidr) {
    InetAddress address = cidr.address();
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      return value.reject(Shown.of(value.text()) + " is not the address of a host");
    }
    if (cidr.prefix() == 0) {
      return value.reject(
          Shown.of(value.text())
              + " has no prefix length to speak of; write "
              + address.getHostAddress()
              + (address.getAddress().length == 4 ? "/24" : "/64"));
    }
    if (isNetworkItself(cidr)) {
      return value.reject(
          Shown.of(value.text()) + " is the network, not an address in it; name the address");
    }
    return Optional.of(cidr);
  }

  /** Only IPv4 has a network address; /31 and /32 have none (RFC 3021). */
  private static boolean isNetworkItself(Cidr cidr) {
    byte[] octets = cidr.address().getAddress();
    if (octets.length != 4 || cidr.prefix() > 30) {
      return false;
    }
    int bits = 0;
    for (byte octet : octets) {
      bits = (bits << 8) | (octet & 0xff);
    }
    return bits << cidr.prefix() == 0;
  }

  private static boolean isMixed(List<Cidr> addresses) {
    return addresses.getFirst().address().getAddress().length
        != addresses.getLast().address().getAddress().length;
  }
}
