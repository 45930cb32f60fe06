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
  private VipReader() {}

  static VipConfig read(MappingReader in, Clusters clusters, String node, VipRivals rivals) {
    Mode mode = in.choice("mode", Mode.VRRP);
    List<Cidr> addresses = addresses(in, mode);
    if (mode != Mode.VRRP) {
      in.refuse("excluded_addresses", "is used only with mode: vrrp; write them in addresses");
    }
    List<Cidr> excluded = list(in, "excluded_addresses", false);
    Optional<ClusterConfig> cluster = clusters.referredBy(in);
    if (mode == Mode.ETCD && cluster.filter(found -> found.etcd().isEmpty()).isPresent()) {
      in.problem("mode", "etcd needs a cluster that has etcd; use vrrp");
    }
    if (mode != Mode.LEADER) {
      in.refuse("member", "is used only with mode: leader");
    }
    Optional<String> member = in.value("member").map(Value::text);
    if (mode != Mode.ETCD) {
      in.refuse("etcd", "is used only with mode: etcd");
    }
    DuplicateAddress duplicateAddress = in.choice("duplicate_address", DuplicateAddress.WARN);
    MappingReader vrrp = in.sectionOrEmpty("vrrp", Sections.VRRP);
    String name = in.required("name", "NAME").flatMap(Value::name).orElse("");
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
                ? Optional.of(
                    LeaseReader.read(in.sectionOrEmpty("etcd", Sections.LEASE), name, cluster))
                : Optional.empty(),
            cluster.map(ClusterConfig::name).orElse(""),
            mode == Mode.LEADER ? member.or(() -> Optional.of(node)) : Optional.empty());
    checkDuplicateAddress(in, vip);
    rivals.add(in, vrrp, vip);
    return vip;
  }

  private static void checkDuplicateAddress(MappingReader in, VipConfig vip) {
    String key = "duplicate_address";
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
    Optional<String> name = in.required("interface", "eth0").map(Value::text);
    name.filter(given -> !known.contains(given))
        .ifPresent(
            given ->
                in.problem(
                    "interface",
                    "this machine has no network interface %s%s (there is: %s)"
                        .formatted(
                            Shown.of(given),
                            Suggestions.didYouMean(given, known),
                            String.join(", ", known))));
    return name.orElse("");
  }

  private static List<Cidr> addresses(MappingReader in, Mode mode) {
    if (!in.has("addresses")) {
      in.problem("addresses", "is missing; write addresses: [192.0.2.10/24]");
    }
    List<Cidr> addresses = list(in, "addresses", mode == Mode.VRRP);
    if (in.isEmptyList("addresses")) {
      in.problem("addresses", "is empty; write at least one address: [192.0.2.10/24]");
    }
    return addresses;
  }

  private static List<Cidr> list(MappingReader in, String key, boolean ofOneFamily) {
    List<Cidr> all = new ArrayList<>();
    for (Value value : in.values(key)) {
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
