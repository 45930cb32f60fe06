package io.trunkline.pgwire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

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

  /**
   * One statement with one parameter, both as text, and Sync (PostgreSQL docs: "Extended Query").
   *
   * @param name of the statement and the portal; both are closed again
   */
  public static ByteBuf ask(ByteBufAllocator allocator, String name, String sql, String parameter) {
    ByteBuf out = allocator.buffer();
    parse(out, name, sql);
    execute(out, name, new String[] {parameter});
    message(out, 'C', it -> text(it.writeByte('P'), name));
    message(out, 'C', it -> text(it.writeByte('S'), name));
    sync(out);
    return out;
  }

  /** Parse. */
  public static void parse(ByteBuf out, String name, String sql, int... types) {
    message(
        out,
        'P',
        it -> {
          text(text(it, name), sql).writeShort(types.length);
          for (int type : types) {
            it.writeInt(type);
          }
        });
  }

  /** Bind and Execute of the unnamed statement, with those parameters as text. */
  public static void execute(ByteBuf out, String... parameters) {
    execute(out, "", parameters);
  }

  private static void execute(ByteBuf out, String name, String[] parameters) {
    message(
        out,
        'B',
        it -> {
          text(text(it, name), name).writeShort(0).writeShort(parameters.length);
          for (String parameter : parameters) {
            it.writeInt(ByteBufUtil.utf8Bytes(parameter));
            it.writeCharSequence(parameter, StandardCharsets.UTF_8);
          }
          it.writeShort(0);
        });
    message(out, 'E', it -> text(it, name).writeInt(0));
  }

  /** Sync. */
  public static void sync(ByteBuf out) {
    message(out, 'S', _ -> {});
  }

  private static void message(ByteBuf messages, char type, Consumer<ByteBuf> body) {
    int begin = messages.writerIndex();
    messages.writeByte(type).writeInt(0);
    body.accept(messages);
    messages.setInt(begin + 1, messages.writerIndex() - begin - 1);
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
