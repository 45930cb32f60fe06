package io.trunkline.healthcheck;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** What the sentinel says to PostgreSQL (its manual: "Message Formats"). */
final class SentinelMessages {
  private static final int SSL_REQUEST = 80877103;
  private static final int PROTOCOL_3_0 = 196608;

  /** Its answer brings what has changed since the last one, and nothing else. */
  static final ByteBuf EMPTY_QUERY = query("");

  /**
   * For servers before 14, which do not report {@code in_hot_standby}, and for the timeline. Every
   * role may call these functions.
   */
  static final ByteBuf SELECT =
      query(
          "SELECT pg_catalog.pg_is_in_recovery(),"
              + " pg_catalog.current_setting('default_transaction_read_only'),"
              + " CASE WHEN NOT pg_catalog.pg_is_in_recovery()"
              + " THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END");

  /** What a standby says of itself, and whom it streams from; NULL where that may not be known. */
  static final ByteBuf RECEIVER =
      query(
          "SELECT pg_catalog.pg_is_in_recovery(),"
              + " pg_catalog.current_setting('default_transaction_read_only'),"
              + " r.w OPERATOR(pg_catalog.->>) 'status',"
              + " r.w OPERATOR(pg_catalog.->>) 'received_tli',"
              + " r.w OPERATOR(pg_catalog.->>) 'sender_host',"
              + " r.w OPERATOR(pg_catalog.->>) 'sender_port'"
              + " FROM (SELECT pg_catalog.row_to_json(s) AS w"
              + " FROM pg_catalog.pg_stat_get_wal_receiver() AS s) AS r");

  static final ByteBuf TERMINATE =
      Unpooled.unreleasableBuffer(Unpooled.wrappedBuffer(new byte[] {'X', 0, 0, 0, 4}));

  private SentinelMessages() {}

  static ByteBuf sslRequest(ByteBufAllocator allocator) {
    return allocator.buffer(8).writeInt(8).writeInt(SSL_REQUEST);
  }

  static ByteBuf startup(ByteBufAllocator allocator, String user, String database) {
    ByteBuf message = allocator.buffer().writeInt(0).writeInt(PROTOCOL_3_0);
    text(message, "user");
    text(message, user);
    text(message, "database");
    text(message, database);
    text(message, "application_name");
    text(message, "trunkline sentinel");
    text(message, "client_encoding");
    text(message, "UTF8");
    message.writeByte(0);
    return message.setInt(0, message.writerIndex());
  }

  /** PasswordMessage. */
  static ByteBuf password(ByteBufAllocator allocator, String password) {
    ByteBuf message = allocator.buffer().writeByte('p').writeInt(0);
    text(message, password);
    return message.setInt(1, message.writerIndex() - 1);
  }

  /** SASLInitialResponse. */
  static ByteBuf saslInitial(ByteBufAllocator allocator, String mechanism, String response) {
    ByteBuf message = allocator.buffer().writeByte('p').writeInt(0);
    text(message, mechanism);
    message.writeInt(ByteBufUtil.utf8Bytes(response));
    message.writeCharSequence(response, StandardCharsets.UTF_8);
    return message.setInt(1, message.writerIndex() - 1);
  }

  /** SASLResponse. */
  static ByteBuf saslResponse(ByteBufAllocator allocator, String response) {
    ByteBuf message = allocator.buffer().writeByte('p').writeInt(0);
    message.writeCharSequence(response, StandardCharsets.UTF_8);
    return message.setInt(1, message.writerIndex() - 1);
  }

  private static ByteBuf query(String sql) {
    ByteBuf message = Unpooled.directBuffer().writeByte('Q').writeInt(0);
    text(message, sql);
    message.setInt(1, message.writerIndex() - 1);
    return Unpooled.unreleasableBuffer(message.asReadOnly());
  }

  private static void text(ByteBuf message, String text) {
    message.writeCharSequence(text, StandardCharsets.UTF_8);
    message.writeByte(0);
  }
}
