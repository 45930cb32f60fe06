package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a server asks of a client before it lets it in (PostgreSQL docs: "Message Formats"). */
public final class AuthenticationRequest {
  private static final int SASL = 10;
  private static final int SASL_CONTINUE = 11;
  private static final int SASL_FINAL = 12;
  private static final int MOST_MECHANISMS = 16;

  private AuthenticationRequest() {}

  /** The kinds that SASL has, and others. */
  public enum Kind {
    OK,
    SASL,
    SASL_CONTINUE,
    SASL_FINAL,
    /** A password, GSSAPI, or what is not known. */
    OTHER
  }

  /** The kind of the message with that body. */
  public static Kind kind(ByteBuf body) {
    if (!body.isReadable(Integer.BYTES)) {
      return Kind.OTHER;
    }
    return switch (body.getInt(body.readerIndex())) {
      case 0 -> Kind.OK;
      case SASL -> Kind.SASL;
      case SASL_CONTINUE -> Kind.SASL_CONTINUE;
      case SASL_FINAL -> Kind.SASL_FINAL;
      default -> Kind.OTHER;
    };
  }

  /** The data of AuthenticationSASLContinue or AuthenticationSASLFinal; others may have none. */
  public static byte[] data(ByteBuf body) {
    int kind = Math.min(Integer.BYTES, body.readableBytes());
    return ByteBufUtil.getBytes(body, body.readerIndex() + kind, body.readableBytes() - kind);
  }

  /** The mechanisms that AuthenticationSASL offers; the first 16 of them. */
  public static List<String> mechanisms(ByteBuf body) {
    List<String> mechanisms = new ArrayList<>();
    int from = body.readerIndex() + Integer.BYTES;
    while (from < body.writerIndex() && mechanisms.size() < MOST_MECHANISMS) {
      int end = body.indexOf(from, body.writerIndex(), (byte) 0);
      if (end <= from) {
        break;
      }
      mechanisms.add(body.toString(from, end - from, StandardCharsets.US_ASCII));
      from = end + 1;
    }
    return mechanisms;
  }

  /** AuthenticationSASL. */
  public static ByteBuf sasl(ByteBufAllocator allocator, List<String> mechanisms) {
    StringBuilder list = new StringBuilder();
    mechanisms.forEach(mechanism -> list.append(mechanism).append('\0'));
    return request(allocator, SASL, list.append('\0').toString());
  }

  /** AuthenticationSASLContinue. */
  public static ByteBuf saslContinue(ByteBufAllocator allocator, String data) {
    return request(allocator, SASL_CONTINUE, data);
  }

  /** AuthenticationSASLFinal. */
  public static ByteBuf saslFinal(ByteBufAllocator allocator, String data) {
    return request(allocator, SASL_FINAL, data);
  }

  private static ByteBuf request(ByteBufAllocator allocator, int code, String data) {
    byte[] bytes = data.getBytes(StandardCharsets.US_ASCII);
    return allocator
        .buffer(1 + 2 * Integer.BYTES + bytes.length)
        .writeByte('R')
        .writeInt(2 * Integer.BYTES + bytes.length)
        .writeInt(code)
        .writeBytes(bytes);
  }
}
