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

  /** Moves to the next message; false: there is none, or it is cut off. */
  boolean nextMessage() {
    at = next;
    if (end - at < Netlink.HEADER) {
      return false;
    }
    int length = bytes.getInt(at);
    if (length < Netlink.HEADER || length > end - at) {
      return false;
    }
    next = at + Netlink.align(length);
    return true;
  }

  short type() {
    return bytes.getShort(at + 4);
  }

  int sequence() {
    return bytes.getInt(at + 8);
  }

  /** The errno in a NLMSG_ERROR or NLMSG_DONE, negative or 0. */
  int error() {
    return end - at >= Netlink.HEADER + 4 ? bytes.getInt(at + Netlink.HEADER) : 0;
  }

  Link link() {
    int index = bytes.getInt(at + Netlink.HEADER + 4);
    int flags = bytes.getInt(at + Netlink.HEADER + 8);
    boolean up = (flags & Netlink.IFF_UP) != 0 && (flags & Netlink.IFF_RUNNING) != 0;
    byte[] name = attribute(Netlink.LINK_HEADER, Netlink.IFLA_IFNAME);
    int length = name.length > 0 && name[name.length - 1] == 0 ? name.length - 1 : name.length;
    return new Link(
        index,
        new String(name, 0, length, StandardCharsets.UTF_8),
        up,
        new MacAddress(attribute(Netlink.LINK_HEADER, Netlink.IFLA_ADDRESS)));
  }

  /** Whether this is about an IPv4 or IPv6 address: a dump has other families too. */
  boolean internetAddress() {
    int family = bytes.get(at + Netlink.HEADER);
    return family == Socket.AF_INET || family == Socket.AF_INET6;
  }

  /** The interface that the address of a RTM_NEWADDR or RTM_DELADDR is on. */
  int addressLinkIndex() {
    return bytes.getInt(at + Netlink.HEADER + 4);
  }

  /** The address of a RTM_NEWADDR or RTM_DELADDR: the local one where a peer is another. */
  AddressOnLink address() {
    int body = at + Netlink.HEADER;
    byte[] local = attribute(Netlink.ADDRESS_HEADER, Netlink.IFA_LOCAL);
    byte[] address =
        local.length > 0 ? local : attribute(Netlink.ADDRESS_HEADER, Netlink.IFA_ADDRESS);
    byte[] wide = attribute(Netlink.ADDRESS_HEADER, Netlink.IFA_FLAGS);
    int flags =
        wide.length == 4
            ? ByteBuffer.wrap(wide).order(bytes.order()).getInt()
            : bytes.get(body + 2) & 0xff;
    return new AddressOnLink(
        addressLinkIndex(), InetAddresses.of(address), bytes.get(body + 1) & 0xff, flags);
  }

  private byte[] attribute(int familyHeader, int wanted) {
    int from = at + Netlink.HEADER + familyHeader;
    int to = Math.min(at + bytes.getInt(at), end);
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
