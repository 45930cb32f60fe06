package io.trunkline.daemon.warmup;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One message with a type byte (PostgreSQL docs: "Message Formats"). */
final class Message {
  private static final int HEADER = 1 + Integer.BYTES;

  /** What the scripted sides say is far shorter. */
  private static final int LONGEST = 64 * 1024;

  private final byte[] bytes;

  private Message(byte[] bytes) {
    this.bytes = bytes;
  }

  static Message of(char type, byte... body) {
    ByteBuffer out = ByteBuffer.allocate(HEADER + body.length);
    out.put((byte) type).putInt(Integer.BYTES + body.length).put(body);
    return new Message(out.array());
  }

  static Message of(char type, String body) {
    return of(type, body.getBytes(StandardCharsets.UTF_8));
  }

  /** What that buffer has, which is all of one message; releases it. */
  static Message of(ByteBuf message) {
    byte[] bytes = ByteBufUtil.getBytes(message);
    message.release();
    return new Message(bytes);
  }

  /**
   * The next one.
   *
   * @throws IOException where there is none
   */
  static Message read(DataInputStream in) throws IOException {
    byte type = in.readByte();
    int length = in.readInt();
    if (length < Integer.BYTES || length > LONGEST) {
      throw new IOException("a message of " + length + " bytes");
    }
    return of((char) type, in.readNBytes(length - Integer.BYTES));
  }

  /** All of it, header included. */
  byte[] bytes() {
    return bytes;
  }

  char type() {
    return (char) bytes[0];
  }

  /** Without the header. */
  byte[] body() {
    return Arrays.copyOfRange(bytes, HEADER, bytes.length);
  }

  /** One after the other. */
  static byte[] join(Message... messages) {
    int length = 0;
    for (Message each : messages) {
      length += each.bytes.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (Message each : messages) {
      all.put(each.bytes);
    }
    return all.array();
  }
}
