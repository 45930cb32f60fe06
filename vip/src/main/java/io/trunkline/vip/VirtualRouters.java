package io.trunkline.vip;

import io.trunkline.config.Cidr;
import io.trunkline.config.Secret;
import io.trunkline.config.VipConfig;
import io.trunkline.config.VrrpConfig;
import io.trunkline.vip.vrrp.Announcements;
import io.trunkline.vip.vrrp.Password;
import io.trunkline.vip.vrrp.Version;
import io.trunkline.vip.vrrp.VirtualRouter;

/** From configuration to protocol. */
final class VirtualRouters {
  private VirtualRouters() {}

  /** The virtual router of that VIP; its excluded addresses are no part of it. */
  static VirtualRouter of(VipConfig vip) {
    VrrpConfig vrrp = vip.vrrp();
    return new VirtualRouter(
        Version.of(vrrp.version()),
        vrrp.routerId(),
        vip.addresses().stream().map(Cidr::address).toList(),
        vrrp.advertInterval(),
        vrrp.preempt(),
        vrrp.preemptDelay(),
        vrrp.authPass().map(Secret::reveal).map(Password::of).orElse(Password.NONE),
        vrrp.checksumAsV2(),
        new Announcements(vrrp.garpRepeat(), vrrp.garpDelay(), vrrp.garpRefresh()));
  }
}
