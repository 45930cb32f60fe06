package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Asks rtnetlink for links and addresses, and changes addresses. Each request is answered at once.
 */
public final class RouteSocket implements AutoCloseable {
  /** Of TEST-NET-1 (RFC 5737): no interface has it. */
  private static final InetAddress NOWHERE = InetAddress.ofLiteral("192.0.2.255");

  private static final int BUFFER = 64 * 1024;

  private final Socket socket;
  private final MemorySegment out;
  private final ByteBuffer request;
  private final MemorySegment in;
  private final NetlinkReader reader;
  private final int port;
  private int sequence;

  private RouteSocket(Socket socket) throws LinuxException {
    this.socket = socket;
    out = socket.allocate(256);
    request = out.asByteBuffer().order(ByteOrder.nativeOrder());
    in = socket.allocate(BUFFER);
    reader = new NetlinkReader(in.asByteBuffer().order(ByteOrder.nativeOrder()));
    MemorySegment address = socket.allocate(12); // struct sockaddr_nl
    address.set(JAVA_SHORT, 0, (short) Socket.AF_NETLINK);
    socket.bind(address);
    MemorySegment length = socket.allocate(4);
    length.set(JAVA_INT, 0, 12);
    socket.libc().getsockname(socket.fd(), address, length);
    port = address.get(JAVA_INT, 4);
  }

  public static RouteSocket open() throws LinuxException {
    Socket socket =
        Socket.open(
            "an rtnetlink socket",
            Socket.AF_NETLINK,
            Netlink.NETLINK_ROUTE,
            true,
            Capability.CAP_NET_ADMIN);
    try {
      return new RouteSocket(socket);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /** What the kernel puts into the notifications that this socket's requests cause. */
  int port() {
    return port;
  }

  /** Every interface. */
  public List<Link> links() throws LinuxException {
    begin(Netlink.RTM_GETLINK, Netlink.NLM_F_DUMP, Netlink.LINK_HEADER);
    List<Link> links = new ArrayList<>();
    check("list the interfaces", exchange(each -> links.add(each.link())));
    return links;
  }

  /** Every address of that interface. */
  public List<AddressOnLink> addresses(int linkIndex) throws LinuxException {
    begin(Netlink.RTM_GETADDR, Netlink.NLM_F_DUMP, Netlink.ADDRESS_HEADER);
    List<AddressOnLink> addresses = new ArrayList<>();
    int result =
        exchange(
            each -> {
              if (each.internetAddress() && each.address().linkIndex() == linkIndex) {
                addresses.add(each.address());
              }
            });
    check("list the addresses", result);
    return addresses;
  }

  /**
   * An address that the kernel removes when its lifetime ends. Nothing is sent yet.
   *
   * @param seconds the lifetime, in the only unit that the kernel knows
   * @param prefixRoute whether it brings a route to its network
   */
  public AddressLease lease(
      Link link, InetAddress address, int prefix, int seconds, boolean prefixRoute) {
    begin(
        Netlink.RTM_NEWADDR,
        Netlink.NLM_F_ACK | Netlink.NLM_F_CREATE | Netlink.NLM_F_REPLACE,
        Netlink.ADDRESS_HEADER);
    address(link, address, prefix);
    boolean ipv4 = address instanceof Inet4Address;
    // A virtual IPv6 address is deprecated from the start: the host must not speak from it by
    // itself. It must not wait for duplicate address detection either.
    int flags = Netlink.IFA_F_NODAD | (prefixRoute ? 0 : Netlink.IFA_F_NOPREFIXROUTE);
    attribute(Netlink.IFA_FLAGS, 4).putInt(ipv4 ? 0 : flags);
    attribute(Netlink.IFA_CACHEINFO, 16)
        .putInt(ipv4 ? seconds : 0)
        .putInt(seconds)
        .putInt(0)
        .putInt(0);
    byte[] encoded = new byte[request.position()];
    request.get(0, encoded);
    return new AddressLease(
        encoded, "add %s to %s".formatted(address.getHostAddress(), link.name()));
  }

  /** Adds that address, or lets its lifetime begin again. */
  public void put(AddressLease lease) throws LinuxException {
    request.clear();
    request.put(0, lease.request).position(lease.request.length);
    request.putInt(Netlink.SEQUENCE, ++sequence);
    check(lease.attempted, exchange(RouteSocket::nothing));
  }

  /** Removes an address. It is no error if it is not there. */
  public void remove(Link link, InetAddress address, int prefix) throws LinuxException {
    begin(Netlink.RTM_DELADDR, Netlink.NLM_F_ACK, Netlink.ADDRESS_HEADER);
    address(link, address, prefix);
    int result = exchange(RouteSocket::nothing);
    if (!Errno.EADDRNOTAVAIL.is(-result) && !Errno.ENODEV.is(-result)) {
      check("remove %s from %s".formatted(address.getHostAddress(), link.name()), result);
    }
  }

  /**
   * Fails if this process may not change addresses: the kernel says so even of what is no change.
   */
  public void checkPermission(Link link) throws LinuxException {
    remove(link, NOWHERE, 32);
  }

  private static void nothing(NetlinkReader answer) {}

  private void begin(short type, int flags, int familyHeader) {
    request.clear();
    request.putInt(0).putShort(type).putShort((short) (Netlink.NLM_F_REQUEST | flags));
    request.putInt(++sequence).putInt(0);
    for (int i = 0; i < familyHeader; i += 4) {
      request.putInt(0);
    }
  }

  private void address(Link link, InetAddress address, int prefix) {
    byte[] bytes = address.getAddress();
    int family = bytes.length == 4 ? Socket.AF_INET : Socket.AF_INET6;
    request.put(Netlink.HEADER, (byte) family).put(Netlink.HEADER + 1, (byte) prefix);
    request.putInt(Netlink.HEADER + 4, link.index());
    attribute(Netlink.IFA_LOCAL, bytes.length).put(bytes);
    attribute(Netlink.IFA_ADDRESS, bytes.length).put(bytes);
  }

  private ByteBuffer attribute(short type, int length) {
    return request.putShort((short) (length + 4)).putShort(type);
  }

  private static void check(String attempted, int result) throws LinuxException {
    if (result < 0) {
      throw LinuxException.of(attempted, -result, Capability.CAP_NET_ADMIN);
    }
  }

  /** Sends the request and reads the whole answer. Returns 0, or {@code -errno}. */
  private int exchange(Consumer<NetlinkReader> each) {
    request.putInt(0, request.position());
    int sent = socket.libc().sendto(socket.fd(), out, request.position(), MemorySegment.NULL, 0);
    if (sent < 0) {
      return sent;
    }
    while (true) {
      int size = socket.libc().tryRecv(socket.fd(), in);
      if (size < 0) {
        // A signal came between, or something is wrong: then it is again.
        size = socket.libc().recv(socket.fd(), in);
      }
      if (size < 0 && !Errno.EINTR.is(-size)) {
        return size;
      }
      reader.begin(Math.max(size, 0));
      while (reader.nextMessage()) {
        if (reader.sequence() != sequence) {
          continue;
        }
        if (reader.type() == Netlink.NLMSG_ERROR || reader.type() == Netlink.NLMSG_DONE) {
          return reader.error();
        }
        each.accept(reader);
      }
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
