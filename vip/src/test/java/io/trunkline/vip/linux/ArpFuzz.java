package io.trunkline.vip.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.vrrp.Checksum;
import io.trunkline.vip.vrrp.InetAddresses;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** ARP frames of other hosts, and the frames that this one makes of the same bytes. */
public final class ArpFuzz {
  private static final int RECEIVED = 64;
  private static final MacAddress OWN = new MacAddress(new byte[] {2, 0, 0, 0, 0, 1});

  private ArpFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    received(Arrays.copyOf(input, Math.min(input.length, RECEIVED)));
    if (input.length >= MacAddress.LENGTH + 4) {
      MacAddress mac = new MacAddress(Arrays.copyOf(input, MacAddress.LENGTH));
      sent(mac, Arrays.copyOfRange(input, MacAddress.LENGTH, MacAddress.LENGTH + 4));
    }
    if (input.length >= MacAddress.LENGTH + 16) {
      MacAddress mac = new MacAddress(Arrays.copyOf(input, MacAddress.LENGTH));
      advertised(mac, Arrays.copyOfRange(input, MacAddress.LENGTH, MacAddress.LENGTH + 16));
    }
  }

  private static void received(byte[] frame) {
    ByteBuffer buffer = ByteBuffer.allocate(RECEIVED).put(0, frame);
    PacketSocket.Contender sender = Frames.sender(buffer, frame.length, OWN);
    ByteBuffer rest = ByteBuffer.allocate(RECEIVED).put(0, frame);
    for (int i = frame.length; i < RECEIVED; i++) {
      rest.put(i, (byte) 0xff);
    }
    assertThat(Frames.sender(rest, frame.length, OWN))
        .as("of the frame before nothing counts")
        .isEqualTo(sender);
    if (sender != null) {
      // The fields of RFC 826 for IPv4 on Ethernet: types 1 or 6 and 0x0800, lengths 6 and 4.
      assertThat(frame[14]).isZero();
      assertThat(frame[15]).isIn((byte) 1, (byte) 6);
      assertThat(Arrays.copyOfRange(frame, 16, 20)).isEqualTo(new byte[] {8, 0, 6, 4});
      assertThat(sender.mac()).isNotEqualTo(OWN);
      assertThat(sender.mac().isAt(buffer, 22)).isTrue();
      assertThat(sender.address().getAddress()).isEqualTo(Arrays.copyOfRange(frame, 28, 32));
    }
  }

  private static void sent(MacAddress mac, byte[] bytes) {
    InetAddress address = InetAddresses.of(bytes);
    ByteBuffer out = ByteBuffer.allocate(Frames.LONGEST);
    int length = Frames.gratuitousArp(out, mac, address);
    PacketSocket.Contender expected =
        mac.equals(OWN) ? null : new PacketSocket.Contender(address, mac);
    assertThat(Frames.sender(out, length, OWN)).isEqualTo(expected);
    Frames.arpProbe(out, mac, address);
    assertThat(out.getInt(Frames.ARP_SENDER_ADDRESS)).as("a probe claims nothing").isZero();
  }

  private static void advertised(MacAddress mac, byte[] address) {
    InetAddress target = InetAddresses.of(address);
    if (target.getAddress().length != address.length) {
      return; // Java makes an IPv4 address of one that IPv6 maps
    }
    ByteBuffer out = ByteBuffer.allocate(Frames.LONGEST);
    int length = Frames.neighbourAdvertisement(out, mac, target);
    byte[] to = new byte[16];
    out.get(38, to);
    long sum = Checksum.sum(out, 54, length) + Checksum.pseudoHeader(address, to, 58, length - 54);
    assertThat(Checksum.fold(sum)).as("checksum").isZero();
    assertThat(mac.isAt(out, 6)).isTrue();
    assertThat(mac.isAt(out, length - MacAddress.LENGTH)).isTrue();
  }
}
