package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What a client sends (PostgreSQL docs: "Message Formats", those marked F). */
public final class FrontendMessages {
  private static final int PROTOCOL_3_0 = 3 << 16;
  private static final ByteBuf SSL_REQUEST =
      constant(Unpooled.directBuffer(8).writeInt(8).writeInt(OpeningDecoder.SSL_REQUEST));
  private static final ByteBuf TERMINATE =
      constant(ended(begun(Unpooled.directBuffer(1 + Integer.BYTES), 'X')));

  private FrontendMessages() {}

  /** Asks for TLS; the answer is one byte. Need not be released. */
  public static ByteBuf sslRequest() {
    return SSL_REQUEST.duplicate();
  }

  /** Says good-bye. Need not be released. */
  public static ByteBuf terminate() {
    return TERMINATE.duplicate();
  }

  /** A simple query, to be sent as a {@link ByteBuf#duplicate} any number of times. */
  public static ByteBuf query(String sql) {
    return constant(ended(text(begun(Unpooled.directBuffer(), 'Q'), sql)));
  }

  /**
   * The startup packet of a session.
   *
   * @param parameters names, each with its value
   */
  public static ByteBuf startup(ByteBufAllocator allocator, String... parameters) {
    ByteBuf packet = allocator.buffer().writeInt(0).writeInt(PROTOCOL_3_0);
    for (String each : parameters) {
      text(packet, each);
    }
    packet.writeByte(0);
    return packet.setInt(0, packet.writerIndex());
  }

  /** PasswordMessage. */
  public static ByteBuf password(ByteBufAllocator allocator, String password) {
    return ended(text(begun(allocator.buffer(), 'p'), password));
  }

  /** SASLInitialResponse. */
  public static ByteBuf saslInitial(ByteBufAllocator allocator, String mechanism, String response) {
    ByteBuf message = text(begun(allocator.buffer(), 'p'), mechanism);
    message.writeInt(ByteBufUtil.utf8Bytes(response));
    message.writeCharSequence(response, StandardCharsets.UTF_8);
    return ended(message);
  }

  /** SASLResponse. */
  public static ByteBuf saslResponse(ByteBufAllocator allocator, String response) {
    ByteBuf message = begun(allocator.buffer(), 'p');
    message.writeCharSequence(response, StandardCharsets.UTF_8);
    return ended(message);
  }

  private static ByteBuf begun(ByteBuf message, char type) {
    return message.writeByte(type).writeInt(0);
  }

  private static ByteBuf ended(ByteBuf message) {
    return message.setInt(1, message.writerIndex() - 1);
  }

  private static ByteBuf text(ByteBuf message, String text) {
    message.writeCharSequence(text, StandardCharsets.UTF_8);
    return message.writeByte(0);
  }

  private static ByteBuf constant(ByteBuf message) {
    return Unpooled.unreleasableBuffer(message.asReadOnly());
  }
}
