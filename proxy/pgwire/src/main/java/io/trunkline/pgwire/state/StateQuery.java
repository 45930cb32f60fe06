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

  private static final int MOST_STATEMENTS = 1000;

  private static final String SQL =
      """
      SELECT CASE WHEN large THEN 'pinned' ELSE kind END, CASE WHEN large THEN 'large' ELSE name END,
        CASE WHEN large THEN '' ELSE value END, CASE WHEN large THEN '' ELSE types END
      FROM (SELECT q.*, (pg_catalog.length(name) OPERATOR(pg_catalog.+) pg_catalog.length(value)
          OPERATOR(pg_catalog.+) pg_catalog.length(types)) OPERATOR(pg_catalog.>) 262144 AS large
      FROM (
      SELECT 'setting', %s, %s, ''
        FROM pg_catalog.pg_settings s
        WHERE s.source OPERATOR(pg_catalog.=) 'session'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_isolation'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_read_only'
          AND s.name OPERATOR(pg_catalog.<>) 'transaction_deferrable'
      UNION ALL SELECT 'setting', %s, %s, ''
        FROM pg_catalog.unnest($1::pg_catalog.text[]) n
        WHERE pg_catalog.current_setting(n, true) IS NOT NULL
      UNION ALL SELECT 'role', %s, %s, ''
      UNION ALL SELECT 'statement', %s, %s,
        CASE WHEN p.from_sql THEN 'sql'
          ELSE p.parameter_types::pg_catalog.oid[]::pg_catalog.text END
        FROM pg_catalog.pg_prepared_statements p
        WHERE p.name OPERATOR(pg_catalog.<>) 'trunkline_state'
      UNION ALL SELECT 'listen', %s, '', '' FROM pg_catalog.pg_listening_channels() c
      UNION ALL SELECT 'pinned', 'holdable_cursor', '', ''
        FROM pg_catalog.pg_cursors c WHERE c.is_holdable
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
      UNION ALL SELECT 'position', pg_catalog.pg_wal_lsn_diff(
          CASE WHEN pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_last_wal_replay_lsn()
            ELSE pg_catalog.pg_current_wal_insert_lsn() END, '0/0')::pg_catalog.text, '', ''
      ) q (kind, name, value, types)) q
      """
          .formatted(
              hex("s.name"),
              hex("s.setting"),
              hex("n"),
              hex("pg_catalog.current_setting(n, true)"),
              hex("pg_catalog.current_setting('role')"),
              hex("SESSION_USER::pg_catalog.text"),
              hex("p.name"),
              hex("p.statement"),
              hex("c"));

  private final List<SavedState.Setting> settings = new ArrayList<>();
  private final List<SavedState.Statement> statements = new ArrayList<>();
  private final List<String> channels = new ArrayList<>();
  private final boolean keepsListeners;
  private String role = "";
  private String authorization = "";
  private OptionalLong position = OptionalLong.empty();
  private int size;
  private @Nullable Pinned pinned;

  /**
   * @param keepsListeners whether a session that listens can be kept
   */
  public StateQuery(boolean keepsListeners) {
    this.keepsListeners = keepsListeners;
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
    size += body.readableBytes();
    if (size > MOST) {
      pinned = Pinned.LARGE;
      return;
    }
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
        case "position" -> position = OptionalLong.of(Long.parseLong(first));
        case "statement" -> {
          statements.add(Shared.of(new SavedState.Statement(first, second, third)));
          if (statements.size() > MOST_STATEMENTS) {
            pinned = Pinned.STATEMENTS;
          }
        }
        case "listen" -> channels.add(first);
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
    return Shared.of(new SavedState(settings, role, authorization, statements, channels));
  }

  private static String text(ByteBuf body) {
    int length = body.readInt();
    return body.readCharSequence(length, StandardCharsets.US_ASCII).toString();
  }
}
