package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** PostgreSQL's ErrorResponse (docs: "Message Formats", "Error and Notice Message Fields"). */
public final class ErrorResponse {
  private static final byte TYPE = 'E';

  private ErrorResponse() {}

  /** A FATAL error without DETAIL; an empty hint is left out. */
  public static ByteBuf fatal(
      ByteBufAllocator allocator, String sqlState, String message, String hint) {
    return fatal(allocator, sqlState, message, "", hint);
  }

  /** A FATAL error; an empty detail or hint is left out. */
  public static ByteBuf fatal(
      ByteBufAllocator allocator, String sqlState, String message, String detail, String hint) {
    return of("FATAL", allocator, sqlState, message, detail, hint);
  }

  /** An ERROR, after which the session goes on. */
  public static ByteBuf error(
      ByteBufAllocator allocator, String sqlState, String message, String detail, String hint) {
    return of("ERROR", allocator, sqlState, message, detail, hint);
  }

  private static ByteBuf of(
      String severity,
      ByteBufAllocator allocator,
      String sqlState,
      String message,
      String detail,
      String hint) {
    ByteBuf out = allocator.buffer(256);
    out.writeByte(TYPE).writeInt(0);
    field(out, 'S', severity);
    field(out, 'V', severity);
    field(out, 'C', sqlState);
    field(out, 'M', message);
    if (!detail.isEmpty()) {
      field(out, 'D', detail);
    }
    if (!hint.isEmpty()) {
      field(out, 'H', hint);
    }
    out.writeByte(0);
    return out.setInt(1, out.readableBytes() - 1);
  }

  /** The same for clients that speak a protocol version before 3: a line of text. */
  public static ByteBuf fatalBefore3(ByteBufAllocator allocator, String message) {
    ByteBuf out = allocator.buffer(128);
    out.writeByte(TYPE);
    out.writeCharSequence("FATAL:  " + message + "\n", StandardCharsets.UTF_8);
    return out.writeByte(0);
  }

  /** The first field of that kind in the fields of an error, or in as many of them as there are. */
  public static Optional<String> field(ByteBuf fields, char wanted) {
    int at = fields.readerIndex();
    while (at < fields.writerIndex()) {
      int end = fields.indexOf(at + 1, fields.writerIndex(), (byte) 0);
      byte name = fields.getByte(at);
      if (name == 0 || end < 0) {
        return Optional.empty();
      }
      if (name == wanted) {
        return Optional.of(fields.toString(at + 1, end - at - 1, StandardCharsets.UTF_8));
      }
      at = end + 1;
    }
    return Optional.empty();
  }

  private static void field(ByteBuf out, char name, String value) {
    out.writeByte(name);
    out.writeCharSequence(value.replace('\0', ' '), StandardCharsets.UTF_8);
    out.writeByte(0);
  }
}
