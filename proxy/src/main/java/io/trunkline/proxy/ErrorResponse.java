package io.trunkline.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** PostgreSQL's ErrorResponse (docs: "Message Formats", "Error and Notice Message Fields"). */
final class ErrorResponse {
  static final byte TYPE = 'E';
  private static final int HEADER = 1 + Integer.BYTES;
  private static final int MAX_LENGTH = 8192;

  private ErrorResponse() {}

  /** A FATAL error; an empty hint is left out. */
  static ByteBuf fatal(ByteBufAllocator allocator, String sqlState, String message, String hint) {
    ByteBuf out = allocator.buffer(256);
    out.writeByte(TYPE).writeInt(0);
    field(out, 'S', "FATAL");
    field(out, 'V', "FATAL");
    field(out, 'C', sqlState);
    field(out, 'M', message);
    if (!hint.isEmpty()) {
      field(out, 'H', hint);
    }
    out.writeByte(0);
    return out.setInt(1, out.readableBytes() - 1);
  }

  /** The SQLSTATE of the ErrorResponse that the bytes begin with. */
  static Optional<String> sqlState(ByteBuf bytes) {
    int start = bytes.readerIndex();
    if (bytes.readableBytes() < HEADER || bytes.getByte(start) != TYPE) {
      return Optional.empty();
    }
    int length = bytes.getInt(start + 1);
    if (length < HEADER || length > MAX_LENGTH || bytes.readableBytes() <= length) {
      return Optional.empty();
    }
    ByteBuf fields = bytes.slice(start + HEADER, length - Integer.BYTES);
    while (fields.isReadable()) {
      byte name = fields.readByte();
      int size = fields.bytesBefore((byte) 0);
      if (name == 0 || size < 0) {
        return Optional.empty();
      }
      String value = fields.readCharSequence(size, StandardCharsets.UTF_8).toString();
      fields.skipBytes(1);
      if (name == 'C') {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private static void field(ByteBuf out, char name, String value) {
    out.writeByte(name);
    out.writeCharSequence(value.replace('\0', ' '), StandardCharsets.UTF_8);
    out.writeByte(0);
  }
}
