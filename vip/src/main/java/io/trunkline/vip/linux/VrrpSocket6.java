package io.trunkline.vip.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.VrrpCodec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * IPv6: the kernel writes the header, with the source that the control data names, and tells hop
 * limit and destination of what it received the same way (RFC 3542). The checksum is ours: the
 * kernel would drop wrong ones without a word.
 */
final class VrrpSocket6 extends VrrpSocket {
  private static final int IPV6_UNICAST_HOPS = 16;
  private static final int IPV6_MULTICAST_IF = 17;
  private static final int IPV6_MULTICAST_HOPS = 18;
  private static final int IPV6_MULTICAST_LOOP = 19;
  private static final int IPV6_JOIN_GROUP = 20;
  private static final int IPV6_MULTICAST_ALL = 29;
  private static final int IPV6_RECVPKTINFO = 49;
  private static final int IPV6_PKTINFO = 50;
  private static final int IPV6_RECVHOPLIMIT = 51;
  private static final int IPV6_HOPLIMIT = 52;
  private static final int IPV6_TCLASS = 67;
  private static final int SOCKADDR = 28;
  private static final int PKTINFO_MESSAGE = 16 + 24; // in6_pktinfo is 20 bytes, aligned to 24

  private final ByteBuffer outgoing;
  private final Message send;
  private final ByteBuffer received;
  private final Message receive;
  private final Datagram datagram;

  VrrpSocket6(Link link) throws LinuxException {
    super(link, "a raw socket for VRRP over IPv6", Socket.AF_INET6);
    MemorySegment out = socket.allocate(VrrpCodec.LONGEST);
    outgoing = out.asByteBuffer();
    send = new Message(socket, out, SOCKADDR, PKTINFO_MESSAGE);
    send.name().set(JAVA_SHORT, 0, (short) Socket.AF_INET6);
    send.name().set(JAVA_INT, 24, link.index());
    send.control().set(JAVA_LONG, 0, 16 + 20);
    send.control().set(JAVA_INT, 8, Socket.IPPROTO_IPV6);
    send.control().set(JAVA_INT, 12, IPV6_PKTINFO);
    send.control().set(JAVA_INT, 16 + 16, link.index());
    MemorySegment in = socket.allocate(VrrpCodec.LONGEST + 1);
    received = in.asByteBuffer();
    receive = new Message(socket, in, SOCKADDR, 128);
    datagram = new Datagram(received, true);
  }

  @Override
  void join(Link link) throws LinuxException {
    socket.option(Socket.IPPROTO_IPV6, IPV6_UNICAST_HOPS, 255);
    socket.option(Socket.IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255);
    socket.option(Socket.IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    socket.option(Socket.IPPROTO_IPV6, IPV6_MULTICAST_IF, link.index());
    socket.option(Socket.IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
    socket.option(Socket.IPPROTO_IPV6, IPV6_TCLASS, 0xc0);
    socket.option(Socket.IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    socket.option(Socket.IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    MemorySegment membership = socket.allocate(20); // struct ipv6_mreq
    MemorySegment.copy(MemorySegment.ofArray(Groups.VRRP6.getAddress()), 0, membership, 0, 16);
    membership.set(JAVA_INT, 16, link.index());
    socket.option(Socket.IPPROTO_IPV6, IPV6_JOIN_GROUP, membership);
  }

  @Override
  public ByteBuffer outgoing() {
    return outgoing;
  }

  @Override
  public boolean send(int length, byte[] source, byte[] destination) {
    MemorySegment.copy(destination, 0, send.name(), JAVA_BYTE, 8, 16);
    MemorySegment.copy(source, 0, send.control(), JAVA_BYTE, 16, 16);
    send.length(length);
    return socket.libc().trySendmsg(socket.fd(), send.header()) >= 0;
  }

  @Override
  public @Nullable Datagram receive() {
    while (true) {
      receive.reset();
      int size = socket.libc().tryRecvmsg(socket.fd(), receive.header());
      if (size < 0) {
        return null;
      }
      long hops = receive.find(Socket.IPPROTO_IPV6, IPV6_HOPLIMIT);
      long info = receive.find(Socket.IPPROTO_IPV6, IPV6_PKTINFO);
      if (hops < 0 || info < 0) {
        continue;
      }
      received.limit(size).position(0);
      MemorySegment.copy(receive.name(), JAVA_BYTE, 8, datagram.source(), 0, 16);
      MemorySegment.copy(receive.control(), JAVA_BYTE, info, datagram.destination(), 0, 16);
      datagram.hopLimit(receive.control().get(JAVA_INT, hops));
      return datagram;
    }
  }
}
