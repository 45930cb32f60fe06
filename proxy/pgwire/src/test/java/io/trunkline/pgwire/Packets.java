package io.trunkline.pgwire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes of PostgreSQL's protocol. */
public final class Packets {
  private Packets() {}

  /** A startup packet of protocol 3.0. */
  public static byte[] startup() {
    byte[] parameters = "user\0app\0database\0db\0\0".getBytes(StandardCharsets.UTF_8);
    return packet(196_608, parameters);
  }

  /** A packet without a type byte. */
  public static byte[] packet(int code, byte[] body) {
    int length = 2 * Integer.BYTES + body.length;
    return ByteBuffer.allocate(length).putInt(length).putInt(code).put(body).array();
  }

  /** A message with a type byte. */
  public static byte[] message(char type, byte... body) {
    ByteBuffer out = ByteBuffer.allocate(1 + Integer.BYTES + body.length);
    return out.put((byte) type).putInt(Integer.BYTES + body.length).put(body).array();
  }

  /** A message with a type byte and a text. */
  public static byte[] message(char type, String body) {
    return message(type, body.getBytes(StandardCharsets.UTF_8));
  }

  /** ParameterStatus. */
  public static byte[] parameter(String name, String value) {
    return message('S', name + "\0" + value + "\0");
  }

  /** One after the other. */
  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }
}
