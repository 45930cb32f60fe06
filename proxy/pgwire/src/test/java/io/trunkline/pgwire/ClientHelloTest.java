package io.trunkline.pgwire;

import static io.trunkline.pgwire.Packets.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.trunkline.pgwire.ClientHello.Extent;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
  private static final byte[] EARLY_DATA = record(0x17, new byte[300]);

  /** A TLS record. */
  private static byte[] record(int type, byte[] body) {
    return ByteBuffer.allocate(5 + body.length)
        .put((byte) type)
        .putShort((short) 0x0301)
        .putShort((short) body.length)
        .put(body)
        .array();
  }

  private static byte[] message(int type, int length) {
    return ByteBuffer.allocate(4 + length).putInt((type << 24) | length).array();
  }

  /** The same message in records of so many bytes. */
  private static byte[] inRecords(byte[] message, int size) {
    byte[] all = new byte[0];
    for (int at = 0; at < message.length; at += size) {
      int end = Math.min(message.length, at + size);
      all = join(all, record(0x16, java.util.Arrays.copyOfRange(message, at, end)));
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 100, 1000})
  void itEndsWhereItsLastRecordEndsHoweverMuchIsThere(int size) {
    byte[] hello = inRecords(message(1, 512), size);
    byte[] all = join(hello, EARLY_DATA);
    for (int there = 0; there <= all.length; there++) {
      ByteBuf bytes = Unpooled.wrappedBuffer(new byte[] {'x'}, java.util.Arrays.copyOf(all, there));
      bytes.skipBytes(1);
      assertThat(ClientHello.peek(bytes))
          .as("%d bytes", there)
          .isEqualTo(
              there < hello.length
                  ? new ClientHello(Extent.PARTIAL, there)
                  : new ClientHello(Extent.WHOLE, hello.length));
    }
  }

  @Test
  void whatIsSomethingElseIsNone() {
    byte[] part = inRecords(message(1, 512), 100);
    for (byte[] other :
        new byte[][] {
          Packets.startup(),
          EARLY_DATA,
          record(0x16, message(2, 100)), // a ServerHello
          record(0x16, message(1, 60_000)), // longer than any
          record(0x16, new byte[0]),
          join(java.util.Arrays.copyOf(part, 105), EARLY_DATA)
        }) {
      assertThat(ClientHello.peek(Unpooled.wrappedBuffer(other)))
          .isEqualTo(new ClientHello(Extent.NONE, 0));
    }
  }
}
