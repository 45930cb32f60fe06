package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;

/**
 * Cuts what a server says into whole messages: a type byte, a length that includes itself, a body
 * (PostgreSQL docs: "Message Formats").
 */
public final class BackendMessages {
  private static final int HEADER = 1 + Integer.BYTES;

  private final int longest;
  private final ByteBuf held;

  /**
   * @param longest a message is refused that is longer than so many bytes
   */
  public BackendMessages(ByteBufAllocator allocator, int longest) {
    this.longest = longest;
    this.held = allocator.buffer();
  }

  /** The length of the first message of those bytes, all of it; negative: it is not whole. */
  public static int length(ByteBuf bytes) {
    if (bytes.readableBytes() < HEADER) {
      return -1;
    }
    int length = 1 + bytes.getInt(bytes.readerIndex() + 1);
    return length < HEADER || bytes.readableBytes() < length ? -1 : length;
  }

  /** What the first message of those bytes says, an ErrorResponse or a NoticeResponse. */
  public static ServerError error(ByteBuf bytes) {
    return ServerError.parse(bytes.slice(bytes.readerIndex() + HEADER, length(bytes) - HEADER));
  }

  /** ParameterStatus. */
  public static ByteBuf parameterStatus(ByteBufAllocator allocator, String name, String value) {
    return message(allocator, 'S', name + '\0' + value + '\0');
  }

  /** CommandComplete. */
  public static ByteBuf commandComplete(ByteBufAllocator allocator, String tag) {
    return message(allocator, 'C', tag + '\0');
  }

  /** ReadyForQuery. */
  public static ByteBuf readyForQuery(ByteBufAllocator allocator, char status) {
    return message(allocator, 'Z', String.valueOf(status));
  }

  private static ByteBuf message(ByteBufAllocator allocator, char type, String body) {
    ByteBuf message = allocator.buffer().writeByte(type).writeInt(0);
    message.writeCharSequence(body, StandardCharsets.UTF_8);
    return message.setInt(1, message.writerIndex() - 1);
  }

  /** More of what the server says; takes ownership. */
  public void add(ByteBuf bytes) {
    held.discardReadBytes().writeBytes(bytes);
    bytes.release();
  }

  /**
   * Whether there is a whole message.
   *
   * @throws ProtocolError if what is there begins no message that is short enough
   */
  public boolean ready() throws ProtocolError {
    if (held.readableBytes() < HEADER) {
      return false;
    }
    int length = held.getInt(held.readerIndex() + 1);
    if (length < Integer.BYTES || length > longest) {
      throw new ProtocolError("a message of " + (length & 0xFFFF_FFFFL) + " bytes");
    }
    return held.readableBytes() >= 1 + length;
  }

  /** The type of the message that is {@link #ready}. */
  public byte type() {
    return held.getByte(held.readerIndex());
  }

  /** Its body, valid until {@link #skip} or {@link #take}. */
  public ByteBuf body() {
    int length = held.getInt(held.readerIndex() + 1) - Integer.BYTES;
    return held.slice(held.readerIndex() + HEADER, length);
  }

  /** Passes over it. */
  public void skip() {
    held.skipBytes(1 + held.getInt(held.readerIndex() + 1));
  }

  /** The whole of it; owned by the caller. */
  public ByteBuf take() {
    return held.readBytes(1 + held.getInt(held.readerIndex() + 1));
  }

  /** All that is left, also part of a message; owned by the caller. */
  public ByteBuf takeRest() {
    return held.readBytes(held.readableBytes());
  }

  /** Nobody needs the rest. */
  public void release() {
    held.release();
  }
}
