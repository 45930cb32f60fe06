package io.trunkline.vip.linux;

import java.net.InetAddress;

/** The multicast groups. */
final class Groups {
  /** RFC 9568 section 5.1.1.2. */
  static final InetAddress VRRP4 = InetAddress.ofLiteral("224.0.0.18");

  /** RFC 9568 section 5.1.2.2. */
  static final InetAddress VRRP6 = InetAddress.ofLiteral("ff02::12");

  /** All nodes on the link (RFC 4291 section 2.7.1). */
  static final InetAddress ALL_NODES = InetAddress.ofLiteral("ff02::1");

  private Groups() {}
}
