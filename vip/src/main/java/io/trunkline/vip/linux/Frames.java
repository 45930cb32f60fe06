package io.trunkline.vip.linux;

import io.trunkline.vip.vrrp.Checksum;
import io.trunkline.vip.vrrp.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The Ethernet frames that tell a network where an address is. What writes one returns its length.
 */
final class Frames {
  static final int LONGEST = 14 + 40 + 32;
  static final int ARP_SENDER_MAC = 22;
  static final int ARP_SENDER_ADDRESS = 28;
  static final short ETHERTYPE_ARP = 0x0806;

  /** Hardware types of ARP (IANA, "ARP Parameters"). Linux takes both on Ethernet. */
  private static final short ETHERNET = 1;

  private static final short IEEE_802 = 6;
  private static final short IPV4 = 0x0800;

  /** Of the addresses: 6 and 4 bytes. */
  private static final short ADDRESS_LENGTHS = 0x0604;

  private static final short ETHERTYPE_IPV6 = (short) 0x86dd;
  private static final int ARP_LENGTH = 42;
  private static final int ICMPV6 = 58;

  private Frames() {}

  /**
   * A gratuitous ARP: a broadcast request for the address, from the address (RFC 5227 section 3,
   * ARP announcement).
   */
  static int gratuitousArp(ByteBuffer out, MacAddress mac, InetAddress address) {
    arpRequest(out, mac, address);
    out.put(ARP_SENDER_ADDRESS, address.getAddress());
    return ARP_LENGTH;
  }

  /** An ARP probe: who else has the address? (RFC 5227 section 2.1.1.) */
  static int arpProbe(ByteBuffer out, MacAddress mac, InetAddress address) {
    arpRequest(out, mac, address);
    out.putInt(ARP_SENDER_ADDRESS, 0);
    return ARP_LENGTH;
  }

  private static void arpRequest(ByteBuffer out, MacAddress mac, InetAddress target) {
    out.putInt(0, -1).putShort(4, (short) -1);
    mac.put(out, 6);
    out.putShort(12, ETHERTYPE_ARP);
    out.putShort(14, ETHERNET).putShort(16, IPV4).putShort(18, ADDRESS_LENGTHS);
    out.putShort(20, (short) 1); // request
    mac.put(out, ARP_SENDER_MAC);
    out.putInt(32, 0).putShort(36, (short) 0);
    out.put(38, target.getAddress());
  }

  /**
   * Who speaks in a received ARP frame of that size, or null: this host, or it is no ARP about IPv4
   * on Ethernet (RFC 826, "Packet Reception").
   */
  static PacketSocket.@Nullable Contender sender(ByteBuffer in, int size, MacAddress own) {
    if (size < ARP_SENDER_ADDRESS + 4 || !arpOfIpv4(in) || own.isAt(in, ARP_SENDER_MAC)) {
      return null;
    }
    byte[] mac = new byte[MacAddress.LENGTH];
    in.get(ARP_SENDER_MAC, mac);
    byte[] address = new byte[4];
    in.get(ARP_SENDER_ADDRESS, address);
    return new PacketSocket.Contender(InetAddresses.of(address), new MacAddress(mac));
  }

  private static boolean arpOfIpv4(ByteBuffer in) {
    short hardware = in.getShort(14);
    return (hardware == ETHERNET || hardware == IEEE_802)
        && in.getShort(16) == IPV4
        && in.getShort(18) == ADDRESS_LENGTHS;
  }

  /**
   * An unsolicited neighbour advertisement with the override flag, to all nodes (RFC 4861 section
   * 4.4 and 7.2.6).
   */
  static int neighbourAdvertisement(ByteBuffer out, MacAddress mac, InetAddress address) {
    byte[] from = address.getAddress();
    byte[] to = Groups.ALL_NODES.getAddress();
    out.putShort(0, (short) 0x3333).putInt(2, 1);
    mac.put(out, 6);
    out.putShort(12, ETHERTYPE_IPV6);
    out.putInt(14, 0x6000_0000);
    out.putShort(18, (short) 32).put(20, (byte) ICMPV6).put(21, (byte) 255);
    out.put(22, from).put(38, to);
    int icmp = 54;
    out.putShort(icmp, (short) (136 << 8)).putShort(icmp + 2, (short) 0);
    out.putInt(icmp + 4, 0x2000_0000); // override
    out.put(icmp + 8, from);
    out.putShort(icmp + 24, (short) 0x0201); // target link-layer address, 8 bytes
    mac.put(out, icmp + 26);
    long sum = Checksum.sum(out, icmp, icmp + 32) + Checksum.pseudoHeader(from, to, ICMPV6, 32);
    out.putShort(icmp + 2, (short) Checksum.fold(sum));
    return LONGEST;
  }
}
