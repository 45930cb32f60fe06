package io.trunkline.vip.linux;

import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.VrrpCodec;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** VRRP messages of one address family on one interface, through a raw socket. */
public abstract sealed class VrrpSocket implements AutoCloseable permits VrrpSocket4, VrrpSocket6 {
  final Socket socket;

  VrrpSocket(Link link, String what, int family) throws LinuxException {
    socket =
        Socket.open(
            what + " on " + link.name(), family, VrrpCodec.PROTOCOL, false, Capability.CAP_NET_RAW);
    try {
      socket.bindToDevice(link.name());
      socket.urgent();
      join(link);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /** Opens a socket on that link, and joins the group. */
  public static VrrpSocket open(Link link, boolean ipv6) throws LinuxException {
    return ipv6 ? new VrrpSocket6(link) : new VrrpSocket4(link);
  }

  /** The group that routers of this family listen to (RFC 9568 sections 5.1.1.2 and 5.1.2.2). */
  public static InetAddress group(boolean ipv6) {
    return ipv6 ? Groups.VRRP6 : Groups.VRRP4;
  }

  /** Sets what every packet has, and joins the group. */
  abstract void join(Link link) throws LinuxException;

  /** Where a message to be sent is written, from index 0. */
  public abstract ByteBuffer outgoing();

  /** Sends what is in {@link #outgoing}. Returns whether the kernel took it. */
  public abstract boolean send(int length, byte[] source, byte[] destination);

  /** The next message, or null: there is none. The same object each time. */
  public abstract @Nullable Datagram receive();

  public final int fd() {
    return socket.fd();
  }

  @Override
  public final void close() {
    socket.close();
  }
}
