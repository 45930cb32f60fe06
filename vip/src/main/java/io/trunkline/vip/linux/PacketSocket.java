package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
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
  private static final int SOL_SOCKET = 1;
  private static final int SO_ATTACH_FILTER = 26;
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
      socket.option(SOL_SOCKET, SO_ATTACH_FILTER, filter(socket, addresses));
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

  /** Tells every neighbour that the address is here. Returns 0, or {@code -errno}. */
  public int announce(InetAddress address) {
    if (!link.mac().ethernet()) {
      return 0;
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
      int size = socket.libc().recv(socket.fd(), in);
      if (size < 0) {
        return null;
      }
      if (size >= Frames.ARP_SENDER_ADDRESS + 4
          && !link.mac().isAt(received, Frames.ARP_SENDER_MAC)) {
        byte[] mac = new byte[MacAddress.LENGTH];
        received.get(Frames.ARP_SENDER_MAC, mac);
        byte[] address = new byte[4];
        received.get(Frames.ARP_SENDER_ADDRESS, address);
        return new Contender(Addresses.of(address), new MacAddress(mac));
      }
    }
  }

  /** A host that answers for an address. */
  public record Contender(InetAddress address, MacAddress mac) {}

  private int send(int length) {
    return Math.min(socket.libc().sendto(socket.fd(), out, length, target, SOCKADDR), 0);
  }

  /** A struct sockaddr_ll. */
  private static MemorySegment address(Socket socket, Link link) {
    MemorySegment address = socket.allocate(SOCKADDR);
    address.set(JAVA_SHORT, 0, (short) Socket.AF_PACKET);
    address.set(JAVA_SHORT, 2, Short.reverseBytes(Frames.ETHERTYPE_ARP));
    address.set(JAVA_INT, 4, link.index());
    return address;
  }

  /** A struct sock_fprog: keep ARP whose sender address is one of these (man 7 socket). */
  private static MemorySegment filter(Socket socket, List<InetAddress> addresses) {
    List<InetAddress> ipv4 = addresses.stream().filter(Inet4Address.class::isInstance).toList();
    int count = ipv4.size() + 3;
    MemorySegment program = socket.allocate(count * 8L);
    instruction(program, 0, 0x20, 0, 0, Frames.ARP_SENDER_ADDRESS); // load the word there
    for (int i = 0; i < ipv4.size(); i++) {
      int word = ByteBuffer.wrap(ipv4.get(i).getAddress()).getInt();
      instruction(program, i + 1, 0x15, ipv4.size() - i, 0, word); // equal: jump to keep
    }
    instruction(program, count - 2, 0x06, 0, 0, 0); // drop
    instruction(program, count - 1, 0x06, 0, 0, 64); // keep
    MemorySegment holder = socket.allocate(16);
    holder.set(JAVA_SHORT, 0, (short) count);
    holder.set(ADDRESS, 8, program);
    return holder;
  }

  private static void instruction(
      MemorySegment program, int index, int code, int ifTrue, int ifFalse, int operand) {
    long at = index * 8L;
    program.set(JAVA_SHORT, at, (short) code);
    program.set(JAVA_BYTE, at + 2, (byte) ifTrue);
    program.set(JAVA_BYTE, at + 3, (byte) ifFalse);
    program.set(JAVA_INT, at + 4, operand);
  }

  @Override
  public void close() {
    socket.close();
  }
}
