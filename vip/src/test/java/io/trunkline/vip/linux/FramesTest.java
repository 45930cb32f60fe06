package io.trunkline.vip.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The frames of keepalived 2.2.7, captured with tcpdump. */
class FramesTest {
  private static final MacAddress MAC =
      new MacAddress(HexFormat.ofDelimiter(":").parseHex("1e:6c:8c:4e:6e:45"));

  private final ByteBuffer out = ByteBuffer.allocate(Frames.LONGEST);

  @Test
  void aGratuitousArpIsWhatKeepalivedSends() {
    int length = Frames.gratuitousArp(out, MAC, InetAddress.ofLiteral("192.168.0.210"));
    // Its target hardware address is the broadcast address, which nobody reads in a request.
    assertThat(hex(length).replaceFirst("0{12}(?=c0a800d2$)", "f".repeat(12)))
        .isEqualTo(
            "ffffffffffff1e6c8c4e6e45080600010800060400011e6c8c4e6e45c0a800d2"
                + "ffffffffffffc0a800d2");
  }

  @Test
  void aProbeHasNoSenderAddress() {
    int length = Frames.arpProbe(out, MAC, InetAddress.ofLiteral("192.168.0.210"));
    assertThat(hex(length)).endsWith("00000000000000000000c0a800d2").hasSize(84);
  }

  @Test
  void aNeighbourAdvertisementIsWhatKeepalivedSends() {
    int length = Frames.neighbourAdvertisement(out, MAC, InetAddress.ofLiteral("2001:db8::210"));
    assertThat(hex(length))
        .isEqualTo(
            "3333000000011e6c8c4e6e4586dd6000000000203aff20010db8000000000000"
                + "000000000210ff0200000000000000000000000000018800de0d200000002001"
                + "0db800000000000000000000021002011e6c8c4e6e45");
  }

  private String hex(int length) {
    return HexFormat.of().formatHex(out.array(), 0, length);
  }
}
