package io.trunkline.pgwire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpeningDecoderTest {
  private static final int SSL_REQUEST = 80_877_103;
  private static final int GSSENC_REQUEST = 80_877_104;
  private static final int CANCEL_REQUEST = 80_877_102;

  private static Optional<Opening> peek(byte[] bytes) {
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
    Optional<Opening> opening = OpeningDecoder.peek(buffer);
    assertThat(buffer.readableBytes()).as("nothing is consumed").isEqualTo(bytes.length);
    return opening;
  }

  @Test
  void everyKindIsRecognised() {
    assertThat(peek(Packets.packet(SSL_REQUEST, new byte[0]))).contains(new Opening.SslRequest());
    assertThat(peek(Packets.packet(GSSENC_REQUEST, new byte[0])))
        .contains(new Opening.GssEncRequest());
    assertThat(peek(Packets.packet(CANCEL_REQUEST, new byte[] {0, 0, 1, 0, 9, 9, 9, 9})))
        .contains(new Opening.CancelRequest(256, 4));
    assertThat(peek(Packets.packet(CANCEL_REQUEST, new byte[4 + 32])))
        .contains(new Opening.CancelRequest(0, 32));
    assertThat(peek(Packets.startup()))
        .contains(new Opening.StartupMessage(3, 0, Map.of("user", "app", "database", "db")));
    assertThat(peek(new byte[] {0x16, 3, 1})).contains(new Opening.DirectTls());
  }

  @Test
  void everyPrefixAsksForMore() {
    byte[] cancel = Packets.packet(CANCEL_REQUEST, new byte[8]);
    for (byte[] packet : List.of(Packets.startup(), cancel)) {
      for (int length = 0; length < packet.length; length++) {
        assertThat(peek(Arrays.copyOf(packet, length))).as("%d bytes", length).isEmpty();
      }
    }
  }

  /** Bytes that begin no character of UTF-8, more than a name keeps: the name, and no value. */
  private static byte[] nameWithoutCharacters() {
    byte[] name = new byte[101];
    Arrays.fill(name, 0, 100, (byte) 0xb6);
    return name;
  }

  @Test
  void whatIsNotPostgresIsNamed() {
    List<byte[]> malformed =
        List.of(
            new byte[] {'G', 'E', 'T'},
            new byte[] {0, 0, 0, 7, 0, 0, 0, 0},
            new byte[] {0, 0, 0x27, 0x15},
            Packets.packet(SSL_REQUEST, new byte[1]),
            Packets.packet(3 << 16, new byte[] {'u', 's', 'e', 'r'}),
            Packets.packet(3 << 16, new byte[] {'u', 0, 'x'}),
            Packets.packet(3 << 16, nameWithoutCharacters()),
            Packets.packet(3 << 16, new byte[0]));
    for (byte[] packet : malformed) {
      assertThat(peek(packet))
          .as("%s", List.of(packet))
          .get()
          .isInstanceOf(Opening.Malformed.class);
    }
  }

  @Test
  void aStartupPacketMayBeAsLongAsForPostgres() {
    for (int length : new int[] {9_999, 10_000, 10_001, 10_004}) {
      String options = "x".repeat(length - 8 - "options\0\0\0".length());
      byte[] packet =
          Packets.packet(
              3 << 16, ("options\0" + options + "\0\0").getBytes(StandardCharsets.US_ASCII));
      assertThat(packet).hasSize(length);
      assertThat(peek(packet)).get().isInstanceOf(Opening.StartupMessage.class);
    }
  }

  @Test
  void versionsThatNobodySpeaksAreToldApart() {
    for (int version : new int[] {0, 1 << 16, 2 << 16, 4 << 16, 4 << 16 | 3, 1234 << 16 | 5677}) {
      assertThat(peek(Packets.packet(version, new byte[] {0})))
          .get()
          .isEqualTo(new Opening.Unsupported(version >>> 16, version & 0xffff));
    }
  }

  @Test
  void aCancelRequestWhoseKeyCannotBeOneIsToldApart() {
    for (int key : new int[] {0, 3, 257, 388, 9_992}) {
      assertThat(peek(Packets.packet(CANCEL_REQUEST, new byte[4 + key])))
          .get()
          .isEqualTo(new Opening.MalformedCancel("the cancel key has " + key + " bytes"));
    }
  }

  @Test
  void randomBytesNeverThrow() {
    Random random = new Random(20_261_121);
    byte[] startup = Packets.startup();
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = startup.clone();
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      assertThat(peek(Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)))).isNotNull();
    }
  }

  @Test
  void anErrorResponseIsReadBack() {
    ByteBuf error =
        ErrorResponse.fatal(
            io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, "57P03", "not\0now", "Why.", "Wait.");
    ByteBuf fields = error.slice(5, error.readableBytes() - 5);
    assertThat(ErrorResponse.field(fields, 'C')).contains("57P03");
    assertThat(ErrorResponse.field(fields, 'M')).contains("not now");
    assertThat(ErrorResponse.field(fields, 'D')).contains("Why.");
    assertThat(ErrorResponse.field(fields, 'H')).contains("Wait.");
    assertThat(ErrorResponse.field(fields, 'W')).isEmpty();
    error.release();
  }
}
