package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.config.Secret;
import io.trunkline.config.VipConfig;
import io.trunkline.config.VrrpConfig;
import io.trunkline.vip.vrrp.Announcements;
import io.trunkline.vip.vrrp.Password;
import io.trunkline.vip.vrrp.Version;
import io.trunkline.vip.vrrp.VirtualRouter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;

/** From configuration to protocol. */
final class VirtualRouters {
  private VirtualRouters() {}

  /**
   * The virtual router of that VIP. An advertisement has addresses of one family, the first
   * address's; the others move with them, as keepalived's virtual_ipaddress_excluded do.
   */
  static VirtualRouter of(VipConfig vip) {
    VrrpConfig vrrp = vip.vrrp();
    boolean ipv6 = vip.addresses().getFirst().address() instanceof Inet6Address;
    List<InetAddress> advertised =
        vip.addresses().stream()
            .map(Cidr::address)
            .filter(each -> each instanceof Inet6Address == ipv6)
            .toList();
    return new VirtualRouter(
        Version.of(vrrp.version()),
        vrrp.routerId(),
        advertised,
        vrrp.advertInterval(),
        vrrp.preempt(),
        vrrp.preemptDelay(),
        vrrp.authPass().map(Secret::reveal).map(Password::of).orElse(Password.NONE),
        vrrp.checksumAsV2(),
        new Announcements(vrrp.garpRepeat(), vrrp.garpDelay(), vrrp.garpRefresh()));
  }
}
