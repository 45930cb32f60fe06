package io.trunkline.config;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds VIPs that would fight over an address or over a virtual router. */
final class VipRivals {
  private final Map<Router, Position> routers = new HashMap<>();
  private final Map<InetAddress, Position> addresses = new HashMap<>();

  /** A router id counts per network and per address family (RFC 9568, section 5.2.3). */
  private record Router(String networkInterface, boolean ipv6, int id) {}

  void add(MappingReader in, MappingReader vrrp, VipConfig vip) {
    addAddresses(in, VipReader.ADDRESSES, vip.addresses());
    addAddresses(in, VipReader.EXCLUDED_ADDRESSES, vip.excludedAddresses());
    if (vip.mode() == VipConfig.Mode.VRRP && !vip.addresses().isEmpty()) {
      addRouter(vrrp, vip);
    }
  }

  private void addAddresses(MappingReader in, Key<?> key, List<Cidr> all) {
    for (Cidr cidr : all) {
      Position first = addresses.putIfAbsent(cidr.address(), in.at(key));
      if (first != null) {
        in.problem(
            key,
            cidr.address().getHostAddress() + " is already an address on line " + first.line());
      }
    }
  }

  private void addRouter(MappingReader vrrp, VipConfig vip) {
    boolean ipv6 = vip.addresses().getFirst().address().getAddress().length == 16;
    int id = vip.vrrp().routerId();
    var router = new Router(vip.networkInterface(), ipv6, id);
    Position first = routers.putIfAbsent(router, vrrp.at(VrrpReader.ROUTER_ID));
    if (first != null) {
      vrrp.problem(
          VrrpReader.ROUTER_ID,
          "%d is already used on interface %s (line %d); write another one"
              .formatted(id, vip.networkInterface(), first.line()));
    }
  }
}
