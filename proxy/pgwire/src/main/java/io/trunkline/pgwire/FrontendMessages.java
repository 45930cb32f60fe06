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
      constant(message(Unpooled.directBuffer(1 + Integer.BYTES), 'X', _ -> {}));

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
    return constant(message(Unpooled.directBuffer(), 'Q', it -> text(it, sql)));
  }

  /**
   * A Query.
   *
   * @param body with the zero byte at its end
   * @param length of the body
   */
  public static ByteBuf query(ByteBufAllocator allocator, byte[] body, int length) {
    return message(allocator.buffer(), 'Q', out -> out.writeBytes(body, 0, length));
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
    return message(allocator.buffer(), 'p', it -> text(it, password));
  }

  /** SASLInitialResponse. */
  public static ByteBuf saslInitial(ByteBufAllocator allocator, String mechanism, String response) {
    return message(allocator.buffer(), 'p', it -> counted(text(it, mechanism), response));
  }

  /** SASLResponse. */
  public static ByteBuf saslResponse(ByteBufAllocator allocator, String response) {
    return message(
        allocator.buffer(), 'p', it -> it.writeCharSequence(response, StandardCharsets.UTF_8));
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
    close(out, name);
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
            counted(it, parameter);
          }
          it.writeShort(0);
        });
    message(out, 'E', it -> text(it, name).writeInt(0));
  }

  /** Close of a statement. */
  public static void close(ByteBuf out, String name) {
    message(out, 'C', it -> text(it.writeByte('S'), name));
  }

  /** Sync. */
  public static void sync(ByteBuf out) {
    message(out, 'S', _ -> {});
  }

  /** Appends a message; returns where it was appended. */
  private static ByteBuf message(ByteBuf out, char type, Consumer<ByteBuf> body) {
    int begin = out.writerIndex();
    out.writeByte(type).writeInt(0);
    body.accept(out);
    return out.setInt(begin + 1, out.writerIndex() - begin - 1);
  }

  private static void counted(ByteBuf message, String text) {
    message.writeInt(ByteBufUtil.utf8Bytes(text));
    message.writeCharSequence(text, StandardCharsets.UTF_8);
  }

  private static ByteBuf text(ByteBuf message, String text) {
    message.writeCharSequence(text, StandardCharsets.UTF_8);
    return message.writeByte(0);
  }

  private static ByteBuf constant(ByteBuf message) {
    return Unpooled.unreleasableBuffer(message.asReadOnly());
  }
}
