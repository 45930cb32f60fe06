package io.trunkline.vip.vrrp;

import io.trunkline.config.Cidr;
import io.trunkline.config.Secret;
import io.trunkline.config.VipConfig;
import io.trunkline.config.VrrpConfig;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What the nodes of one group have agreed on, and this node's own part of it (RFC 9568 section
 * 6.1).
 *
 * @param routerId VRID, 1 to 255
 * @param addresses the addresses in the advertisement, all of one family, in its order
 * @param advertInterval how often this node advertises while it is the master
 * @param preempt whether a backup of higher priority takes over from a living master
 * @param preemptDelay how long it waits before that
 * @param password the PASS authentication of version 2; empty: none
 * @param checksumAsV2 version 3 over IPv4: send the checksum without the pseudo-header
 * @param announcements when gratuitous ARPs or neighbour advertisements are sent
 */
public record VirtualRouter(
    VrrpVersion version,
    int routerId,
    List<InetAddress> addresses,
    Duration advertInterval,
    boolean preempt,
    Duration preemptDelay,
    Password password,
    boolean checksumAsV2,
    Announcements announcements) {
  public VirtualRouter {
    addresses = List.copyOf(addresses);
    if (routerId < 1 || routerId > 255) {
      throw new IllegalArgumentException("router id " + routerId + " is not between 1 and 255");
    }
    if (addresses.isEmpty() || addresses.size() > 255) {
      throw new IllegalArgumentException("a virtual router has 1 to 255 addresses");
    }
    boolean ipv6 = addresses.getFirst() instanceof Inet6Address;
    if (addresses.stream().anyMatch(address -> address instanceof Inet6Address != ipv6)) {
      throw new IllegalArgumentException("an advertisement has addresses of one family only");
    }
    if (version == VrrpVersion.V2 && ipv6) {
      throw new IllegalArgumentException("VRRP version 2 knows IPv4 only");
    }
    if (!version.expressible(advertInterval)) {
      throw new IllegalArgumentException(
          "version " + version.number() + " cannot express an interval of " + advertInterval);
    }
  }

  /** As it is configured; the excluded addresses of the VIP are no part of it. */
  public static VirtualRouter of(VipConfig vip) {
    VrrpConfig vrrp = vip.vrrp();
    return new VirtualRouter(
        VrrpVersion.of(vrrp.version()),
        vrrp.routerId(),
        vip.addresses().stream().map(Cidr::address).toList(),
        vrrp.advertInterval(),
        vrrp.preempt(),
        vrrp.preemptDelay(),
        vrrp.authPass().map(Secret::reveal).map(Password::of).orElse(Password.NONE),
        vrrp.checksumAsV2(),
        Announcements.of(vrrp));
  }

  /** Whether the advertisements travel over IPv6. */
  public boolean ipv6() {
    return addresses.getFirst() instanceof Inet6Address;
  }

  Duration skew(Bid bid, Duration masterInterval) {
    return version.skew(bid.priority(), masterInterval);
  }

  Duration masterDown(Bid bid, Duration masterInterval) {
    return version.masterDown(bid.priority(), masterInterval);
  }
}
