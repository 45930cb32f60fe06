package io.trunkline.daemon.status;

import io.trunkline.config.HostPort;
import java.net.InetSocketAddress;

/** Socket addresses as people write them. */
public final class Addresses {
  private Addresses() {}

  /** Without a host name, brackets around IPv6. */
  public static String text(InetSocketAddress address) {
    String host =
        address.getAddress() == null
            ? address.getHostString()
            : address.getAddress().getHostAddress();
    return new HostPort(host, address.getPort()).toString();
  }
}
