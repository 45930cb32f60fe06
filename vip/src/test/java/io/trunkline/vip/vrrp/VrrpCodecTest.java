package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Accepted;
import io.trunkline.vip.vrrp.VrrpCodec.Decoded.Rejected;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VrrpCodecTest {
  private static final String VIP = "192.168.0.210";
  private static final Duration MS_300 = Duration.ofMillis(300);

  static Stream<Arguments> captured() {
    return Stream.of(
        Arguments.of("v2-pass", Routers.v2("changeme123", VIP)),
        Arguments.of("v2-plain", Routers.v2("", VIP, "192.168.0.211")),
        Arguments.of("v3-pseudo", Routers.v3(MS_300, VIP)),
        Arguments.of("v3-asv2", Routers.checksumAsV2(Routers.v3(MS_300, VIP))),
        Arguments.of("v3-two", Routers.v3(Duration.ofMillis(100), VIP, "192.168.0.211")),
        Arguments.of("v3-ip6", Routers.v3(Duration.ofSeconds(1), "fe80::210", "2001:db8::210")));
  }

  @ParameterizedTest
  @MethodSource("captured")
  void readsWhatKeepalivedSends(String name, VirtualRouter router) {
    Datagram advert = Captured.packet(name);
    Datagram release = Captured.packet(name + "-release");

    Accepted accepted = (Accepted) decode(router, advert);
    assertThat(accepted.advertisement().priority()).isEqualTo(100);
    assertThat(accepted.advertisement().interval()).isEqualTo(router.advertInterval());
    assertThat(accepted.advertisement().source().getAddress()).isEqualTo(advert.source());
    assertThat(((Accepted) decode(router, release)).advertisement().priority()).isZero();
  }

  @ParameterizedTest
  @MethodSource("captured")
  void writesWhatKeepalivedSends(String name, VirtualRouter router) {
    Datagram advert = Captured.packet(name);
    ByteBuffer out = ByteBuffer.allocate(VrrpCodec.LONGEST);

    int length = new VrrpCodec(router).encode(100, advert.source(), advert.destination(), out);

    assertThat(out.limit(length)).isEqualTo(advert.message());
  }

  @ParameterizedTest
  @MethodSource("captured")
  void refusesEveryPrefixAndEveryExtension(String name, VirtualRouter router) {
    Datagram whole = Captured.packet(name);
    for (int length = 0; length < whole.message().capacity(); length++) {
      Datagram cut = Captured.packet(name);
      cut.message().limit(length);
      assertThat(decode(router, cut)).isEqualTo(new Rejected(Reject.SHORT));
    }
    Datagram longer = copy(whole, whole.message().capacity() + 1);
    assertThat(decode(router, longer)).isEqualTo(new Rejected(Reject.LONG));
  }

  @ParameterizedTest
  @MethodSource("captured")
  void refusesEveryFlippedBit(String name, VirtualRouter router) {
    int bits = Captured.packet(name).message().capacity() * 8;
    for (int bit = 0; bit < bits; bit++) {
      Datagram flipped = Captured.packet(name);
      ByteBuffer message = flipped.message();
      message.put(bit / 8, (byte) (message.get(bit / 8) ^ 1 << bit % 8));
      assertThat(decode(router, flipped)).as("bit %d", bit).isInstanceOf(Rejected.class);
    }
  }

  @ParameterizedTest
  @MethodSource("captured")
  void survivesNoise(String name, VirtualRouter router) {
    Random random = new Random(name.hashCode());
    VrrpCodec codec = new VrrpCodec(router);
    for (int round = 0; round < 20_000; round++) {
      Datagram noise = copy(Captured.packet(name), random.nextInt(64));
      ByteBuffer message = noise.message();
      int changes = random.nextInt(4);
      for (int i = 0; i < changes && message.capacity() > 0; i++) {
        message.put(random.nextInt(message.capacity()), (byte) random.nextInt());
      }
      if (codec.decode(noise, Routers.LOCAL.getAddress()) instanceof Accepted accepted) {
        assertThat(accepted.advertisement().interval()).isPositive();
      }
    }
  }

  @Test
  void givesEachReason() {
    VirtualRouter v2 = Routers.v2("changeme123", VIP);
    VirtualRouter v3 = Routers.v3(MS_300, VIP);
    assertThat(reason(v3, "v2-pass")).isEqualTo(Reject.VERSION);
    assertThat(reason(v2, "v3-pseudo")).isEqualTo(Reject.VERSION);
    assertThat(reason(Routers.v2("another", VIP), "v2-pass")).isEqualTo(Reject.AUTH);
    assertThat(reason(Routers.v2("", VIP), "v2-pass")).isEqualTo(Reject.AUTH);
    assertThat(reason(v2, "v2-plain")).isEqualTo(Reject.AUTH);
    assertThat(reason(v3, "v3-two")).isEqualTo(Reject.ADDRESS_COUNT);
    assertThat(reason(Routers.v3(MS_300, "192.168.0.209"), "v3-pseudo"))
        .isEqualTo(Reject.ADDRESS_LIST);

    Datagram ttl = Captured.packet("v3-pseudo");
    ttl.hopLimit(254);
    assertThat(decode(v3, ttl)).isEqualTo(new Rejected(Reject.TTL));
    Datagram own = Captured.packet("v3-pseudo");
    assertThat(new VrrpCodec(v3).decode(own, own.source())).isEqualTo(new Rejected(Reject.OWN));
    Datagram other = Captured.packet("v3-pseudo");
    other.message().put(1, (byte) 52);
    assertThat(decode(v3, other)).isEqualTo(new Rejected(Reject.ROUTER_ID));
    Datagram type = Captured.packet("v3-pseudo");
    type.message().put(0, (byte) 0x32);
    assertThat(decode(v3, type)).isEqualTo(new Rejected(Reject.TYPE));
    Datagram sum = Captured.packet("v3-pseudo");
    sum.message().put(2, (byte) 101);
    assertThat(decode(v3, sum)).isEqualTo(new Rejected(Reject.CHECKSUM));
  }

  @Test
  void refusesAnIntervalItCannotFollow() {
    // 0x001e → 0x0000, with the checksum put right.
    Datagram zero = Captured.packet("v3-pseudo");
    zero.message().putShort(4, (short) 0).putShort(6, (short) (0x07f0 + 0x1e));
    assertThat(decode(Routers.v3(MS_300, VIP), zero)).isEqualTo(new Rejected(Reject.INTERVAL));
    // Version 2, 1 s → 2 s.
    Datagram two = Captured.packet("v2-pass");
    two.message().putShort(4, (short) 0x0102).putShort(6, (short) (0x1eae - 1));
    assertThat(decode(Routers.v2("changeme123", VIP), two))
        .isEqualTo(new Rejected(Reject.INTERVAL));
  }

  @Test
  void understandsBothChecksumsOfVersion3OverIpv4WhicheverItSends() {
    VirtualRouter with = Routers.v3(MS_300, VIP);
    VirtualRouter without = Routers.checksumAsV2(with);
    assertThat(decode(with, Captured.packet("v3-asv2"))).isInstanceOf(Accepted.class);
    assertThat(decode(without, Captured.packet("v3-pseudo"))).isInstanceOf(Accepted.class);
  }

  @Test
  void usesTheFirstEightCharactersOfThePassword() {
    assertThat(decode(Routers.v2("changeme", VIP), Captured.packet("v2-pass")))
        .isInstanceOf(Accepted.class);
    assertThat(Password.of("changeme123").toString()).doesNotContain("change");
  }

  @Test
  void allocatesNothingForWhatTheSameMasterRepeats() {
    VrrpCodec codec = new VrrpCodec(Routers.v3(MS_300, VIP));
    byte[] local = Routers.LOCAL.getAddress();
    VrrpCodec.Decoded first = codec.decode(Captured.packet("v3-pseudo"), local);
    assertThat(codec.decode(Captured.packet("v3-pseudo"), local)).isSameAs(first);
    Accepted release = (Accepted) codec.decode(Captured.packet("v3-pseudo-release"), local);
    assertThat(release.advertisement().priority()).isZero();
  }

  private static Reject reason(VirtualRouter router, String name) {
    return ((Rejected) decode(router, Captured.packet(name))).reason();
  }

  private static VrrpCodec.Decoded decode(VirtualRouter router, Datagram datagram) {
    return new VrrpCodec(router).decode(datagram, Routers.LOCAL.getAddress());
  }

  private static Datagram copy(Datagram from, int length) {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    ByteBuffer source = from.message().duplicate();
    bytes.put(0, source, 0, Math.min(length, source.capacity()));
    Datagram copy = new Datagram(bytes, from.source().length == 16);
    System.arraycopy(from.source(), 0, copy.source(), 0, from.source().length);
    System.arraycopy(from.destination(), 0, copy.destination(), 0, from.destination().length);
    copy.hopLimit(from.hopLimit());
    return copy;
  }
}
