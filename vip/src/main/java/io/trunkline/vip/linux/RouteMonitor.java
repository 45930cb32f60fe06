package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/** Hears what happens to links and addresses, except what one {@link RouteSocket} did itself. */
public final class RouteMonitor implements AutoCloseable {
  private final Socket socket;
  private final MemorySegment in;
  private final NetlinkReader reader;

  private RouteMonitor(Socket socket) {
    this.socket = socket;
    in = socket.allocate(64 * 1024);
    reader = new NetlinkReader(in.asByteBuffer().order(ByteOrder.nativeOrder()));
  }

  /** What a monitor reports. */
  public interface Listener {
    void linkChanged(Link link);

    void linkGone(Link link);

    void addressAdded(int linkIndex);

    void addressGone(AddressOnLink address);

    /** Notifications were lost: look at everything again. */
    void overrun();
  }

  public static RouteMonitor open(RouteSocket requests) throws LinuxException {
    Socket socket =
        Socket.open(
            "an rtnetlink monitor",
            Socket.AF_NETLINK,
            Netlink.NETLINK_ROUTE,
            false,
            Capability.CAP_NET_ADMIN);
    try {
      // What that socket does itself, twice a second, is not worth waking up for.
      Filter.dropWord(socket, Netlink.PORT_ID, Integer.reverseBytes(requests.port()));
      socket.receiveBuffer(1 << 20);
      MemorySegment address = socket.allocate(12); // struct sockaddr_nl
      address.set(JAVA_SHORT, 0, (short) Socket.AF_NETLINK);
      address.set(
          JAVA_INT,
          8,
          Netlink.GROUP_LINK | Netlink.GROUP_IPV4_ADDRESS | Netlink.GROUP_IPV6_ADDRESS);
      socket.bind(address);
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
    return new RouteMonitor(socket);
  }

  public int fd() {
    return socket.fd();
  }

  /** Reports everything that has arrived. */
  public void drain(Listener listener) {
    while (true) {
      int size = socket.libc().tryRecv(socket.fd(), in);
      if (size < 0) {
        // Nothing is there; or some were lost, which the kernel says once, before those it kept.
        size = socket.libc().tryRecv(socket.fd(), in);
        if (size < 0) {
          return;
        }
        listener.overrun();
      }
      reader.begin(size);
      while (reader.nextMessage()) {
        report(reader, listener);
      }
    }
  }

  /** Tells of one message. */
  static void report(NetlinkReader reader, Listener listener) {
    switch (reader.type()) {
      case Netlink.RTM_NEWLINK -> listener.linkChanged(reader.link());
      case Netlink.RTM_DELLINK -> listener.linkGone(reader.link());
      case Netlink.RTM_NEWADDR -> listener.addressAdded(reader.addressLinkIndex());
      case Netlink.RTM_DELADDR -> {
        if (reader.internetAddress()) {
          listener.addressGone(reader.address());
        }
      }
      default -> {}
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
