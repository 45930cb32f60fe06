package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.trunkline.pgwire.FrontendMessages;
import io.trunkline.pgwire.ProtocolError;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a session's own backend what the session has become, with one statement outside of a
 * transaction. Every name in it is qualified, so that no search_path changes what it means; texts
 * come as hexadecimal digits of UTF-8, so that no client_encoding does.
 */
public final class StateQuery {
  /** The name of the statement and the portal; no client uses it. */
  public static final String NAME = "trunkline_state";

  /** Bytes of the whole answer. */
  private static final int MOST = 1 << 20;

  /** Bytes of the texts of the whole answer; each is two digits. */
  private static final int MOST_TEXT = MOST / 2;

  /** Bytes of the texts of one row. */
  private static final int MOST_IN_ROW = 128 * 1024;

  private static final int MOST_STATEMENTS = 1000;
  private static final int MOST_CHANNELS = 1000;

  /**
   * The inner query says what there is; the middle one cuts it off where it becomes too much, with
   * a row that says so; the outer one makes digits of what is left.
   */
  private static final String SQL =
      """
      SELECT CASE WHEN large THEN 'pinned' ELSE kind END,
        CASE WHEN large THEN 'large' WHEN kind OPERATOR(pg_catalog.=) 'pinned' THEN name
          ELSE %s END,
        CASE WHEN large THEN '' ELSE %s END, CASE WHEN large THEN '' ELSE types END
      FROM (SELECT s.*, size OPERATOR(pg_catalog.>) %d OR total OPERATOR(pg_catalog.>) %d AS large
      FROM (SELECT t.*, pg_catalog.sum(size) OVER (ROWS UNBOUNDED PRECEDING) AS total
      FROM (SELECT q.*, pg_catalog.octet_length(name) OPERATOR(pg_catalog.+)
          pg_catalog.octet_length(value) OPERATOR(pg_catalog.+)
          pg_catalog.octet_length(types) AS size
      FROM (
      SELECT 'setting', s.name, s.setting, ''
        FROM pg_catalog.pg_settings s
        WHERE s.source OPERATOR(pg_catalog.=) 'session'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_isolation'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_read_only'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_deferrable'
      UNION ALL SELECT 'setting', n, pg_catalog.current_setting(n, true), ''
        FROM pg_catalog.unnest($1::pg_catalog.text[]) n
        WHERE pg_catalog.current_setting(n, true) IS NOT NULL
      UNION ALL SELECT 'role', pg_catalog.current_setting('role'),
        SESSION_USER::pg_catalog.text, ''
      UNION ALL (SELECT 'statement', p.name, p.statement,
        CASE WHEN p.from_sql THEN 'sql'
          ELSE p.parameter_types::pg_catalog.oid[]::pg_catalog.text END
        FROM pg_catalog.pg_prepared_statements p
        WHERE p.name OPERATOR(pg_catalog.<>) 'trunkline_state' LIMIT %d)
      UNION ALL (SELECT 'listen', c, '', '' FROM pg_catalog.pg_listening_channels() c LIMIT %d)
      UNION ALL SELECT 'pinned', 'holdable_cursor', '', ''
        WHERE EXISTS (SELECT FROM pg_catalog.pg_cursors c WHERE c.is_holdable)
      UNION ALL SELECT 'pinned', 'temporary_object', '', ''
        WHERE EXISTS (SELECT FROM pg_catalog.pg_depend d
          WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_namespace'::pg_catalog.regclass
            AND d.refobjid OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())
      UNION ALL SELECT 'pinned', 'advisory_lock', '', ''
        WHERE EXISTS (SELECT FROM pg_catalog.pg_locks l
          WHERE l.locktype OPERATOR(pg_catalog.=) 'advisory'
            AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())
      UNION ALL SELECT 'pinned', 'temporary_slot', '', ''
        WHERE EXISTS (SELECT FROM pg_catalog.pg_replication_slots r
          WHERE r.temporary AND r.active_pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid())
      UNION ALL SELECT 'position', '', '', pg_catalog.pg_wal_lsn_diff(
          CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_insert_lsn() END, '0/0')::pg_catalog.text
      ) q (kind, name, value, types)) t) s
      WHERE total OPERATOR(pg_catalog.-) size OPERATOR(pg_catalog.<=) %d) u
      """
          .formatted(
              hex("name"),
              hex("value"),
              MOST_IN_ROW,
              MOST_TEXT,
              MOST_STATEMENTS + 1,
              MOST_CHANNELS + 1,
              MOST_TEXT);

  private final List<SavedState.Setting> settings = new ArrayList<>();
  private final List<SavedState.Statement> statements = new ArrayList<>();
  private final List<String> channels = new ArrayList<>();
  private final boolean keepsListeners;
  private final StateMemory memory;
  private String role = "";
  private String authorization = "";
  private OptionalLong position = OptionalLong.empty();
  private int size;
  private long taken;
  private @Nullable Pinned pinned;

  /**
   * @param keepsListeners whether a session that listens can be kept
   * @param memory what the answer takes, until {@link #release}
   */
  public StateQuery(boolean keepsListeners, StateMemory memory) {
    this.keepsListeners = keepsListeners;
    this.memory = memory;
  }

  private static String hex(String text) {
    return "pg_catalog.encode(pg_catalog.convert_to(" + text + ", 'UTF8'), 'hex')";
  }

  /** Asks; the answer ends with ReadyForQuery. */
  public static ByteBuf ask(ByteBufAllocator allocator, Set<String> customSettings) {
    return FrontendMessages.ask(allocator, NAME, SQL, "{" + String.join(",", customSettings) + "}");
  }

  /**
   * A row of the answer.
   *
   * @throws ProtocolError if it is none
   */
  public void row(ByteBuf body) throws ProtocolError {
    int length = body.readableBytes();
    if (length > MOST - size) {
      size = MOST;
      tooMuch(Pinned.LARGE);
      return;
    }
    size += length;
    if (!memory.take(length + StateMemory.OBJECT)) {
      size = MOST;
      tooMuch(Pinned.MEMORY);
      return;
    }
    taken += length + StateMemory.OBJECT;
    try {
      if (body.readShort() != 4) {
        throw new ProtocolError("a row that was not asked for");
      }
      String kind = text(body);
      String first = text(body);
      String second = text(body);
      String third = text(body);
      switch (kind) {
        case "setting" -> settings.add(new SavedState.Setting(first, second));
        case "role" -> {
          role = first;
          authorization = second;
        }
        case "position" -> position = OptionalLong.of(Long.parseLong(third));
        case "statement" -> {
          statements.add(new SavedState.Statement(first, second, third));
          if (statements.size() > MOST_STATEMENTS) {
            pinned = Pinned.STATEMENTS;
          }
        }
        case "listen" -> {
          channels.add(first);
          if (channels.size() > MOST_CHANNELS) {
            pinned = Pinned.LARGE;
          }
        }
        case "pinned" -> pinned = Pinned.valueOf(first.toUpperCase(Locale.ROOT));
        default -> throw new ProtocolError("a row that was not asked for");
      }
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new ProtocolError("a row that cannot be read");
    }
  }

  /** Why the session cannot be kept, as far as the answer tells. */
  public Optional<Pinned> pinned() {
    return pinned == null && !channels.isEmpty() && !keepsListeners
        ? Optional.of(Pinned.LISTEN)
        : Optional.ofNullable(pinned);
  }

  /** Of the WAL: all that the session has seen comes before it. */
  public OptionalLong position() {
    return position;
  }

  /** What it has become; once the answer is complete. */
  public SavedState state() {
    return new SavedState(settings, role, authorization, statements, channels);
  }

  /** What has come so far is of no use. */
  private void tooMuch(Pinned why) {
    if (pinned == null) {
      pinned = why;
    }
    release();
  }

  /** The answer is not needed any more. */
  public void release() {
    memory.free(taken);
    taken = 0;
    settings.clear();
    statements.clear();
    channels.clear();
  }

  private static String text(ByteBuf body) {
    int length = body.readInt();
    return body.readCharSequence(length, StandardCharsets.US_ASCII).toString();
  }
}
