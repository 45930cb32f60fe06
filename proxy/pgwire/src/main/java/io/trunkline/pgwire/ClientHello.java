package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;

/**
 * What a TLS connection begins with: one handshake message in one or more records (RFC 8446,
 * sections 4.1.2 and 5.1). What a client sends behind it, such as early data, is not part of it.
 *
 * @param extent whether it is there
 * @param length bytes of it that are there, the headers of its records included
 */
public record ClientHello(Extent extent, int length) {
  private static final int RECORD_HEADER = 5;
  private static final int HANDSHAKE = 0x16;
  private static final int MESSAGE_HEADER = 4;
  private static final int CLIENT_HELLO = 1;

  /** Bytes. Those with the keys of post-quantum groups have about 2,000. */
  private static final int LONGEST = 16 * 1024;

  /** How much of it is there. */
  public enum Extent {
    PARTIAL,
    WHOLE,
    /** What is there is something else, or too long. */
    NONE
  }

  /** What there is at the reader index. */
  public static ClientHello peek(ByteBuf bytes) {
    int start = bytes.readerIndex();
    int end = bytes.writerIndex();
    int header = 0;
    int headerRead = 0;
    int message = 0; // bytes in the records so far
    int record = start;
    while (end - record >= RECORD_HEADER && bytes.getUnsignedByte(record) == HANDSHAKE) {
      int body = record + RECORD_HEADER;
      int next = body + bytes.getUnsignedShort(body - Short.BYTES);
      for (int at = body; at < Math.min(next, end) && headerRead < MESSAGE_HEADER; at++) {
        header = (header << Byte.SIZE) | bytes.getUnsignedByte(at);
        headerRead++;
      }
      message += next - body;
      if (headerRead == MESSAGE_HEADER) {
        int length = header & 0xff_ffff;
        if (header >>> (3 * Byte.SIZE) != CLIENT_HELLO || length > LONGEST) {
          return new ClientHello(Extent.NONE, 0);
        }
        if (message >= MESSAGE_HEADER + length) {
          return next <= end
              ? new ClientHello(Extent.WHOLE, next - start)
              : new ClientHello(Extent.PARTIAL, end - start);
        }
      }
      if (next == body) {
        return new ClientHello(Extent.NONE, 0);
      }
      record = next;
    }
    return record < end && bytes.getUnsignedByte(record) != HANDSHAKE
        ? new ClientHello(Extent.NONE, 0)
        : new ClientHello(Extent.PARTIAL, end - start);
  }
}
