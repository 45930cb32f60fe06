package io.trunkline.vip.linux;

import java.net.InetAddress;

/** An address that an interface has. */
public record AddressOnLink(int linkIndex, InetAddress address, int prefix, int flags) {
  /**
   * Whether a router may speak from it: the first one of its network, and past duplicate address
   * detection.
   */
  public boolean primary() {
    int unfit = Netlink.IFA_F_SECONDARY | Netlink.IFA_F_TENTATIVE | Netlink.IFA_F_DEPRECATED;
    return (flags & unfit) == 0;
  }
}
