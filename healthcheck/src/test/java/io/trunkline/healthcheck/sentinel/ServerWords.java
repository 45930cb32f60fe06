package io.trunkline.healthcheck.sentinel;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What a PostgreSQL server says, byte by byte, for scripted servers. */
final class ServerWords {
  private ServerWords() {}

  static ByteBuf all(ByteBuf... messages) {
    return Unpooled.wrappedBuffer(messages);
  }

  static ByteBuf authentication(int code, byte... more) {
    return message('R', Unpooled.buffer().writeInt(code).writeBytes(more));
  }

  static ByteBuf authentication(int code, String more) {
    return authentication(code, more.getBytes(StandardCharsets.UTF_8));
  }

  static ByteBuf status(String name, String value) {
    return message('S', text(Unpooled.buffer(), name, value));
  }

  /** What PostgreSQL 14 and later say when a session begins. */
  static ByteBuf session(boolean inHotStandby, boolean readOnly) {
    return all(
        authentication(0),
        status("server_version", "15.18"),
        status("in_hot_standby", inHotStandby ? "on" : "off"),
        status("default_transaction_read_only", readOnly ? "on" : "off"),
        message('K', Unpooled.buffer().writeInt(42).writeInt(4711)),
        ready());
  }

  static ByteBuf ready() {
    return message('Z', Unpooled.buffer().writeByte('I'));
  }

  /** The answer to an empty query. */
  static ByteBuf empty() {
    return all(message('I', Unpooled.EMPTY_BUFFER), ready());
  }

  /** The answer to a SELECT; an empty column is NULL. */
  static ByteBuf row(String... columns) {
    ByteBuf body = Unpooled.buffer().writeShort(columns.length);
    for (String column : columns) {
      byte[] bytes = column.getBytes(StandardCharsets.UTF_8);
      body.writeInt(bytes.length == 0 ? -1 : bytes.length).writeBytes(bytes);
    }
    return all(
        message('T', Unpooled.buffer().writeShort(0)),
        message('D', body),
        message('C', text(Unpooled.buffer(), "SELECT 1")),
        ready());
  }

  static ByteBuf error(String severity, String sqlState, String text) {
    return message(
        'E',
        text(Unpooled.buffer(), "SFATAL", "V" + severity, "C" + sqlState, "M" + text).writeByte(0));
  }

  static ByteBuf message(char type, ByteBuf body) {
    return Unpooled.buffer().writeByte(type).writeInt(4 + body.readableBytes()).writeBytes(body);
  }

  static ByteBuf text(ByteBuf body, String... texts) {
    for (String text : texts) {
      body.writeBytes(text.getBytes(StandardCharsets.UTF_8)).writeByte(0);
    }
    return body;
  }
}
