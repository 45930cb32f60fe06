package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whole Ethernet frames on one interface: gratuitous ARPs, probes and neighbour advertisements out,
 * and in only what other hosts say in ARP about the addresses given (a filter in the kernel drops
 * the rest).
 */
public final class PacketSocket implements AutoCloseable {
  private static final int SOL_PACKET = 263;
  private static final int PACKET_IGNORE_OUTGOING = 23;
  private static final int SOCKADDR = 20;

  private final Socket socket;
  private final Link link;
  private final MemorySegment out;
  private final ByteBuffer frame;
  private final MemorySegment target;
  private final MemorySegment in;
  private final ByteBuffer received;

  private PacketSocket(Socket socket, Link link) {
    this.socket = socket;
    this.link = link;
    out = socket.allocate(Frames.LONGEST);
    frame = out.asByteBuffer();
    target = address(socket, link);
    in = socket.allocate(64);
    received = in.asByteBuffer();
  }

  /** Opens a socket on that link that hears ARP about those addresses. */
  public static PacketSocket open(Link link, List<InetAddress> addresses) throws LinuxException {
    Socket socket =
        Socket.open(
            "a packet socket for gratuitous ARP on " + link.name(),
            Socket.AF_PACKET,
            0,
            false,
            Capability.CAP_NET_RAW);
    try {
      // First the filter, then the binding that lets packets in.
      Filter.keepWord(socket, Frames.ARP_SENDER_ADDRESS, words(addresses));
      socket.option(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
      socket.urgent();
      socket.bind(address(socket, link));
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
    return new PacketSocket(socket, link);
  }

  public int fd() {
    return socket.fd();
  }

  /** Tells every neighbour that the address is here. Returns whether the kernel took it. */
  public boolean announce(InetAddress address) {
    if (!link.mac().ethernet()) {
      return false;
    }
    return send(
        address instanceof Inet4Address
            ? Frames.gratuitousArp(frame, link.mac(), address)
            : Frames.neighbourAdvertisement(frame, link.mac(), address));
  }

  /** Asks who else has that address: the answer comes out of {@link #contender}. */
  public void probe(InetAddress address) {
    if (link.mac().ethernet() && address instanceof Inet4Address) {
      send(Frames.arpProbe(frame, link.mac(), address));
    }
  }

  /** Another host that speaks for one of the addresses, or null: nobody has. */
  public @Nullable Contender contender() {
    while (true) {
      int size = socket.libc().tryRecv(socket.fd(), in);
      if (size < 0) {
        return null;
      }
      Contender sender = Frames.sender(received, size, link.mac());
      if (sender != null) {
        return sender;
      }
    }
  }

  /** A host that answers for an address. */
  public record Contender(InetAddress address, MacAddress mac) {}

  private boolean send(int length) {
    return socket.libc().trySendto(socket.fd(), out, length, target, SOCKADDR) >= 0;
  }

  private static int[] words(List<InetAddress> addresses) {
    return addresses.stream()
        .filter(Inet4Address.class::isInstance)
        .mapToInt(each -> ByteBuffer.wrap(each.getAddress()).getInt())
        .toArray();
  }

  /** A struct sockaddr_ll. */
  private static MemorySegment address(Socket socket, Link link) {
    MemorySegment address = socket.allocate(SOCKADDR);
    address.set(JAVA_SHORT, 0, (short) Socket.AF_PACKET);
    address.set(JAVA_SHORT, 2, Short.reverseBytes(Frames.ETHERTYPE_ARP));
    address.set(JAVA_INT, 4, link.index());
    return address;
  }

  @Override
  public void close() {
    socket.close();
  }
}
