package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.trunkline.pgwire.scram.ScramError;
import java.nio.charset.StandardCharsets;

/** SASLInitialResponse and SASLResponse of a client (PostgreSQL docs: "Message Formats"). */
public final class SaslResponse {
  /** What begins there is no such message. */
  public static final int NONE = -1;

  private static final int HEADER = 1 + Integer.BYTES;

  private SaslResponse() {}

  /**
   * SASLInitialResponse.
   *
   * @param response what is for the mechanism; part of the message
   */
  public record Initial(String mechanism, ByteBuf response) {}

  /** The length of the message that begins there, header included, or {@link #NONE}. */
  public static int length(ByteBuf bytes) {
    if (bytes.isReadable() && bytes.getByte(bytes.readerIndex()) != 'p') {
      return NONE;
    }
    if (bytes.readableBytes() < HEADER) {
      return HEADER;
    }
    int length = bytes.getInt(bytes.readerIndex() + 1);
    return length < Integer.BYTES || length == Integer.MAX_VALUE ? NONE : 1 + length;
  }

  /**
   * Reads a whole SASLInitialResponse.
   *
   * @throws ScramError if it is none
   */
  public static Initial initial(ByteBuf message) throws ScramError {
    ByteBuf body = message.skipBytes(HEADER);
    int end = body.indexOf(body.readerIndex(), body.writerIndex(), (byte) 0);
    if (end < 0 || body.writerIndex() - end - 1 < Integer.BYTES) {
      throw ScramError.malformed("it ends too early");
    }
    String mechanism =
        body.readCharSequence(end - body.readerIndex(), StandardCharsets.US_ASCII).toString();
    int length = body.skipBytes(1).readInt();
    if (length != body.readableBytes()) {
      throw ScramError.malformed("its length is wrong, or the response is missing");
    }
    return new Initial(mechanism, body);
  }

  /** What is for the mechanism in a whole SASLResponse. */
  public static byte[] body(ByteBuf message) {
    return ByteBufUtil.getBytes(
        message, message.readerIndex() + HEADER, message.readableBytes() - HEADER);
  }
}
