package io.trunkline.vip.linux;

import io.trunkline.vip.vrrp.InetAddresses;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads the messages in a received netlink buffer, in the machine's byte order. */
final class NetlinkReader {
  private final ByteBuffer bytes;
  private int at;
  private int next;
  private int end;

  NetlinkReader(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  void begin(int size) {
    next = 0;
    end = size;
  }

  /**
   * Moves to the next message; one that is shorter than its type says is passed over. False: there
   * is none, or it is cut off.
   */
  boolean nextMessage() {
    while (end - next >= Netlink.HEADER) {
      at = next;
      int length = bytes.getInt(at);
      if (length < Netlink.HEADER || length > end - at) {
        return false;
      }
      next = at + Netlink.align(length);
      if (length >= Netlink.HEADER + familyHeader()) {
        return true;
      }
    }
    return false;
  }

  /** The bytes that a message of this type has before its attributes. */
  private int familyHeader() {
    return switch (type()) {
      case Netlink.RTM_NEWLINK, Netlink.RTM_DELLINK -> Netlink.LINK_HEADER;
      case Netlink.RTM_NEWADDR, Netlink.RTM_DELADDR -> Netlink.ADDRESS_HEADER;
      default -> 0;
    };
  }

  short type() {
    return bytes.getShort(at + 4);
  }

  int sequence() {
    return bytes.getInt(at + 8);
  }

  /** The errno in a NLMSG_ERROR or NLMSG_DONE, negative or 0. */
  int error() {
    return bytes.getInt(at) >= Netlink.HEADER + 4 ? bytes.getInt(at + Netlink.HEADER) : 0;
  }

  Link link() {
    int index = bytes.getInt(at + Netlink.HEADER + 4);
    int flags = bytes.getInt(at + Netlink.HEADER + 8);
    boolean up = (flags & Netlink.IFF_UP) != 0 && (flags & Netlink.IFF_RUNNING) != 0;
    byte[] name = attribute(Netlink.IFLA_IFNAME);
    int length = name.length > 0 && name[name.length - 1] == 0 ? name.length - 1 : name.length;
    return new Link(
        index,
        new String(name, 0, length, StandardCharsets.UTF_8),
        up,
        new MacAddress(attribute(Netlink.IFLA_ADDRESS)));
  }

  /** Whether this names an IPv4 or IPv6 address: a dump has other families too. */
  boolean internetAddress() {
    int family = bytes.get(at + Netlink.HEADER);
    return (family == Socket.AF_INET && addressBytes().length == 4)
        || (family == Socket.AF_INET6 && addressBytes().length == 16);
  }

  /** The interface that the address of a RTM_NEWADDR or RTM_DELADDR is on. */
  int addressLinkIndex() {
    return bytes.getInt(at + Netlink.HEADER + 4);
  }

  /** The {@link #internetAddress} of a RTM_NEWADDR or RTM_DELADDR. */
  AddressOnLink address() {
    int body = at + Netlink.HEADER;
    byte[] wide = attribute(Netlink.IFA_FLAGS);
    int flags =
        wide.length == 4
            ? ByteBuffer.wrap(wide).order(bytes.order()).getInt()
            : bytes.get(body + 2) & 0xff;
    return new AddressOnLink(
        addressLinkIndex(), InetAddresses.of(addressBytes()), bytes.get(body + 1) & 0xff, flags);
  }

  /** The local address where a peer is another. */
  private byte[] addressBytes() {
    byte[] local = attribute(Netlink.IFA_LOCAL);
    return local.length > 0 ? local : attribute(Netlink.IFA_ADDRESS);
  }

  private byte[] attribute(int wanted) {
    int from = at + Netlink.HEADER + familyHeader();
    int to = at + bytes.getInt(at);
    while (to - from >= 4) {
      int length = bytes.getShort(from) & 0xffff;
      if (length < 4 || length > to - from) {
        break;
      }
      if ((bytes.getShort(from + 2) & 0x3fff) == wanted) {
        byte[] value = new byte[length - 4];
        bytes.get(from + 4, value);
        return value;
      }
      from += Netlink.align(length);
    }
    return new byte[0];
  }
}
