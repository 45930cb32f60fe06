package io.trunkline.vip.linux;

import io.trunkline.vip.vrrp.Datagram;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** VRRP messages of one address family on one interface. */
public sealed interface VrrpSocket extends AutoCloseable permits VrrpSocket4, VrrpSocket6 {
  /** Opens a socket on that link, and joins the group. */
  static VrrpSocket open(Link link, boolean ipv6) throws LinuxException {
    return ipv6 ? VrrpSocket6.open(link) : VrrpSocket4.open(link);
  }

  int fd();

  /** The group that routers of this family listen to (RFC 9568 sections 5.1.1.2 and 5.1.2.2). */
  static InetAddress group(boolean ipv6) {
    return ipv6 ? Groups.VRRP6 : Groups.VRRP4;
  }

  /** Where a message to be sent is written, from index 0. */
  ByteBuffer outgoing();

  /** Sends what is in {@link #outgoing}. Returns whether the kernel took it. */
  boolean send(int length, byte[] source, byte[] destination);

  /** The next message, or null: there is none. The same object each time. */
  @Nullable Datagram receive();

  @Override
  void close();
}
