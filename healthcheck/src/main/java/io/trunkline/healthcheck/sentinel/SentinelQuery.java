package io.trunkline.healthcheck.sentinel;

import io.netty.buffer.ByteBuf;
import io.trunkline.pgwire.FrontendMessages;

/** What the sentinel asks PostgreSQL. Every role may call these functions. */
@SuppressWarnings("ImmutableEnumChecker") // the message is read-only
enum SentinelQuery {
  /**
   * A server that reports what it is has nothing to say but that it is still there, and what has
   * changed since the last answer.
   */
  EMPTY(""),

  /** For servers before 14, which do not report {@code in_hot_standby}, and for the timeline. */
  SELECT(
      "SELECT pg_catalog.pg_is_in_recovery(),"
          + " pg_catalog.current_setting('default_transaction_read_only'),"
          + " CASE WHEN NOT pg_catalog.pg_is_in_recovery()"
          + " THEN pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()) END"),

  /** What a standby says of itself, and whom it streams from; NULL where that may not be known. */
  RECEIVER(
      "SELECT pg_catalog.pg_is_in_recovery(),"
          + " pg_catalog.current_setting('default_transaction_read_only'),"
          + " r.w OPERATOR(pg_catalog.->>) 'status',"
          + " r.w OPERATOR(pg_catalog.->>) 'received_tli',"
          + " r.w OPERATOR(pg_catalog.->>) 'sender_host',"
          + " r.w OPERATOR(pg_catalog.->>) 'sender_port'"
          + " FROM (SELECT pg_catalog.row_to_json(s) AS w"
          + " FROM pg_catalog.pg_stat_get_wal_receiver() AS s) AS r");

  private final ByteBuf message;

  SentinelQuery(String sql) {
    this.message = FrontendMessages.query(sql);
  }

  ByteBuf message() {
    return message;
  }
}
