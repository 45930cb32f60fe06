package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.VrrpCodec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * IPv4: a raw socket that writes its own IP header (the source must be the one in the checksum, and
 * the TTL 255, whatever else is on the interface) and receives with the sender's.
 */
final class VrrpSocket4 extends VrrpSocket {
  private static final int IP_HEADER = 20;
  private static final int IP_HDRINCL = 3;
  private static final int IP_MULTICAST_TTL = 33;
  private static final int IP_MULTICAST_LOOP = 34;
  private static final int IP_ADD_MEMBERSHIP = 35;
  private static final int IP_MULTICAST_ALL = 49;

  private final MemorySegment out;
  private final ByteBuffer packet;
  private final ByteBuffer outgoing;
  private final MemorySegment target;
  private final MemorySegment in;
  private final Datagram datagram;

  VrrpSocket4(Link link) throws LinuxException {
    super(link, "a raw socket for VRRP", Socket.AF_INET);
    out = socket.allocate(IP_HEADER + VrrpCodec.LONGEST);
    packet = out.asByteBuffer();
    outgoing = packet.slice(IP_HEADER, VrrpCodec.LONGEST);
    target = socket.allocate(16);
    target.set(JAVA_SHORT, 0, (short) Socket.AF_INET);
    in = socket.allocate(60 + VrrpCodec.LONGEST + 1);
    datagram = new Datagram(in.asByteBuffer(), false);
  }

  @Override
  void join(Link link) throws LinuxException {
    socket.option(Socket.IPPROTO_IP, IP_HDRINCL, 1);
    socket.option(Socket.IPPROTO_IP, IP_MULTICAST_TTL, 255);
    socket.option(Socket.IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    socket.option(Socket.IPPROTO_IP, IP_MULTICAST_ALL, 0);
    MemorySegment membership = socket.allocate(12); // struct ip_mreqn
    MemorySegment.copy(MemorySegment.ofArray(Groups.VRRP4.getAddress()), 0, membership, 0, 4);
    membership.set(JAVA_INT, 8, link.index());
    socket.option(Socket.IPPROTO_IP, IP_ADD_MEMBERSHIP, membership);
  }

  @Override
  public ByteBuffer outgoing() {
    return outgoing;
  }

  @Override
  public boolean send(int length, byte[] source, byte[] destination) {
    packet.putShort(0, (short) 0x45c0); // version 4, 5 words; internetwork control
    packet.putShort(2, (short) (IP_HEADER + length));
    packet.putInt(4, 0); // the kernel sets the identification and the checksum
    packet.putShort(8, (short) (255 << 8 | VrrpCodec.PROTOCOL));
    packet.putShort(10, (short) 0);
    packet.put(12, source, 0, 4);
    packet.put(16, destination, 0, 4);
    MemorySegment.copy(destination, 0, target, JAVA_BYTE, 4, 4);
    int result = socket.libc().trySendto(socket.fd(), out, IP_HEADER + (long) length, target, 16);
    return result >= 0;
  }

  @Override
  public @Nullable Datagram receive() {
    while (true) {
      int size = socket.libc().tryRecv(socket.fd(), in);
      if (size < 0) {
        return null;
      }
      if (datagram.readIpv4(size)) {
        return datagram;
      }
    }
  }
}
