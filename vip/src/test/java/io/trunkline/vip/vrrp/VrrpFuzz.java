package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.vrrp.VrrpCodec.Decoded;
import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Accepted;
import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * VRRP packets, with their IP header. The first byte of an input says which virtual router reads
 * the rest, and whether its checksum is put right first, which hardly any change leaves so.
 */
public final class VrrpFuzz {
  private static final int ROUTER = 7;
  private static final int RIGHT_CHECKSUM = 8;
  private static final int OWN = 16;
  private static final int IPV6_HEADER = 40;
  private static final Duration LONGEST = Duration.ofSeconds(255);
  private static final String VIP = "192.168.0.210";
  private static final List<VirtualRouter> ROUTERS =
      List.of(
          Routers.v2("changeme123", VIP),
          Routers.v2("", VIP, "192.168.0.211"),
          Routers.v3(Duration.ofMillis(300), VIP),
          Routers.checksumAsV2(Routers.v3(Duration.ofMillis(300), VIP)),
          Routers.v3(Duration.ofMillis(100), VIP, "192.168.0.211"),
          Routers.v3(Duration.ofSeconds(1), "fe80::210", "2001:db8::210"));

  private VrrpFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0 || (input[0] & ROUTER) >= ROUTERS.size()) {
      return;
    }
    VirtualRouter router = ROUTERS.get(input[0] & ROUTER);
    byte[] packet = Arrays.copyOfRange(input, 1, input.length);
    Datagram datagram = new Datagram(ByteBuffer.wrap(packet), router.ipv6());
    boolean read = router.ipv6() ? readIpv6(datagram) : datagram.readIpv4(packet.length);
    if (!read) {
      return;
    }
    if ((input[0] & RIGHT_CHECKSUM) != 0) {
      putChecksumRight(router, datagram);
    }
    byte[] local =
        (input[0] & OWN) != 0 ? datagram.source().clone() : new byte[datagram.source().length];
    check(router, datagram, local);
  }

  /** As the kernel tells of a packet of IPv6 (RFC 3542). */
  private static boolean readIpv6(Datagram datagram) {
    ByteBuffer packet = datagram.message();
    if (packet.limit() < IPV6_HEADER) {
      return false;
    }
    packet.get(8, datagram.source());
    packet.get(24, datagram.destination());
    datagram.hopLimit(packet.get(7) & 0xff);
    packet.position(IPV6_HEADER);
    return true;
  }

  private static void putChecksumRight(VirtualRouter router, Datagram datagram) {
    ByteBuffer message = datagram.message();
    if (message.remaining() < 8) {
      return;
    }
    message.putShort(message.position() + 6, (short) 0);
    long sum = Checksum.sum(message, message.position(), message.limit());
    if (router.version() == VrrpVersion.V3 && !router.checksumAsV2()) {
      sum +=
          Checksum.pseudoHeader(
              datagram.source(), datagram.destination(), VrrpCodec.PROTOCOL, message.remaining());
    }
    message.putShort(message.position() + 6, (short) Checksum.fold(sum));
  }

  private static void check(VirtualRouter router, Datagram datagram, byte[] local) {
    ByteBuffer before = ByteBuffer.wrap(datagram.message().array().clone());
    before.limit(datagram.message().limit()).position(datagram.message().position());
    VrrpCodec codec = new VrrpCodec(router);
    Decoded decoded = codec.decode(datagram, local);
    assertThat(codec.decode(datagram, local)).as("again").isEqualTo(decoded);
    assertThat(datagram.message()).as("nothing is consumed").isEqualTo(before);
    switch (decoded) {
      case Rejected rejected -> assertThat(rejected.reason().label()).isNotBlank();
      case Accepted(Advertisement advertisement) -> accepted(router, datagram, advertisement);
    }
  }

  private static void accepted(
      VirtualRouter router, Datagram datagram, Advertisement advertisement) {
    assertThat(datagram.hopLimit()).isEqualTo(255);
    assertThat(advertisement.source().getAddress()).isEqualTo(datagram.source());
    assertThat(advertisement.priority()).isBetween(0, 255);
    assertThat(advertisement.interval()).isPositive().isLessThanOrEqualTo(LONGEST);
    assertThat(router.version().masterDown(1, advertisement.interval()))
        .isGreaterThan(advertisement.interval());
    VirtualRouter same = withInterval(router, advertisement.interval());
    ByteBuffer out = ByteBuffer.allocate(VrrpCodec.LONGEST);
    int length =
        new VrrpCodec(same)
            .encode(advertisement.priority(), datagram.source(), datagram.destination(), out);
    assertThat(significant(router, out.limit(length)))
        .as("what is sent for the same advertisement")
        .isEqualTo(significant(router, datagram.message()));
    Datagram sent = new Datagram(out, router.ipv6());
    System.arraycopy(datagram.source(), 0, sent.source(), 0, sent.source().length);
    System.arraycopy(datagram.destination(), 0, sent.destination(), 0, sent.source().length);
    sent.hopLimit(datagram.hopLimit());
    assertThat(new VrrpCodec(same).decode(sent, new byte[sent.source().length]))
        .isEqualTo(new Accepted(advertisement));
  }

  private static VirtualRouter withInterval(VirtualRouter router, Duration interval) {
    return new VirtualRouter(
        router.version(),
        router.routerId(),
        router.addresses(),
        interval,
        router.preempt(),
        router.preemptDelay(),
        router.password(),
        router.checksumAsV2(),
        router.announcements());
  }

  /** Without what a receiver ignores, and without the checksum, of which there are two kinds. */
  private static byte[] significant(VirtualRouter router, ByteBuffer message) {
    byte[] bytes = new byte[message.remaining()];
    message.get(message.position(), bytes);
    bytes[6] = 0;
    bytes[7] = 0;
    if (router.version() == VrrpVersion.V3) {
      bytes[4] &= 0x0f; // reserved (RFC 9568 section 5.2.6)
    } else if (router.password().type() == 0) {
      Arrays.fill(bytes, bytes.length - Password.LENGTH, bytes.length, (byte) 0);
    }
    return bytes;
  }
}
