package io.trunkline.config;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One group of virtual addresses that move together.
 *
 * @param addresses 1 to {@value #MOST_ADDRESSES}, with the prefix length they are added with; in
 *     mode vrrp all of one family, and what an advertisement carries, in this order
 * @param vrrp settings for mode vrrp; the announcements are those of every mode
 * @param lease for mode etcd
 * @param memberName for mode leader
 */
public record VipConfig(
    String name,
    String networkInterface,
    List<Cidr> addresses,
    List<Cidr> excludedAddresses,
    Mode mode,
    DuplicateAddress duplicateAddress,
    VrrpConfig vrrp,
    Optional<LeaseConfig> lease,
    String cluster,
    Optional<String> memberName) {
  /** An advertisement counts its addresses in one byte (RFC 9568 section 5.2.5). */
  static final int MOST_ADDRESSES = 255;

  public VipConfig {
    addresses = List.copyOf(addresses);
    excludedAddresses = List.copyOf(excludedAddresses);
  }

  /** Everything that moves: the addresses, and then the excluded ones. */
  public List<Cidr> allAddresses() {
    return Stream.concat(addresses.stream(), excludedAddresses.stream()).toList();
  }

  /** Who decides where the addresses are. */
  public enum Mode implements Labelled {
    VRRP,
    /** A lease in etcd, under Trunkline's own prefix. */
    ETCD,
    /** They follow Patroni's leader. */
    LEADER
  }

  /** What to do about another host that uses one of the addresses. */
  public enum DuplicateAddress implements Labelled {
    /** The holder says so and announces itself. */
    WARN,
    /** Mode vrrp, IPv4: nor does a node take the addresses as long as that host answers ARP. */
    REFUSE
  }
}
