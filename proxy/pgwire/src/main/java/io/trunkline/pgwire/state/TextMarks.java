package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the texts of a session's statements give away of its state: whether they may change it, so
 * that PostgreSQL has to be asked again, and what PostgreSQL shows nobody, which are the names of
 * custom settings ({@code app.tenant}) and features whose state cannot be asked for. SQL is not
 * parsed: a word counts wherever it stands, so a session may be marked that need not be.
 */
public final class TextMarks {
  /** Bytes. A longer text is not looked at. */
  public static final int LONGEST_TEXT = 64 * 1024;

  /** Statements that change nothing of the session, and leave what they call to be looked at. */
  private static final Words CHANGES_NOTHING =
      Words.of(
          "select",
          "insert",
          "update",
          "delete",
          "merge",
          "with",
          "values",
          "table",
          "begin",
          "start",
          "commit",
          "end",
          "rollback",
          "abort",
          "savepoint",
          "release",
          "show",
          "fetch",
          "move",
          "close",
          "copy",
          "notify",
          "truncate",
          "lock");

  /** Statements whose changes of the session go with the transaction. */
  private static final Words CHANGES_UNTIL_ROLLBACK =
      Words.of(
          "set",
          "reset",
          "listen",
          "unlisten",
          "declare",
          "create",
          "alter",
          "drop",
          "comment",
          "grant",
          "revoke",
          "refresh",
          "analyze");

  /** What SET sets only until the transaction ends. */
  private static final Words UNTIL_END = Words.of("local", "transaction", "constraints");

  private static final Words INSERTS = Words.of("insert", "merge");

  /** What stands between a table and its values: then no column list follows. */
  private static final Words AFTER_TABLE = Words.of("select", "values", "default", "overriding");

  /** Words before a parenthesis that call nothing, or nothing that changes the session. */
  private static final Words HARMLESS_CALLS =
      Words.of(
          "abs",
          "acos",
          "age",
          "all",
          "and",
          "any",
          "array",
          "array_agg",
          "array_append",
          "array_cat",
          "array_length",
          "array_position",
          "array_positions",
          "array_prepend",
          "array_remove",
          "array_replace",
          "array_to_json",
          "array_to_string",
          "array_upper",
          "as",
          "ascii",
          "asin",
          "atan",
          "avg",
          "bit",
          "bit_and",
          "bit_length",
          "bit_or",
          "bool_and",
          "bool_or",
          "btrim",
          "by",
          "bytea",
          "cardinality",
          "case",
          "cast",
          "cbrt",
          "ceil",
          "ceiling",
          "char",
          "char_length",
          "chr",
          "clock_timestamp",
          "coalesce",
          "col_description",
          "concat",
          "concat_ws",
          "conflict",
          "cos",
          "cot",
          "count",
          "crypt",
          "cube",
          "cume_dist",
          "current_database",
          "current_schema",
          "current_schemas",
          "current_setting",
          "currval",
          "date",
          "date_part",
          "date_trunc",
          "decimal",
          "decode",
          "degrees",
          "dense_rank",
          "digest",
          "distinct",
          "div",
          "else",
          "encode",
          "every",
          "except",
          "exists",
          "exp",
          "extract",
          "filter",
          "first_value",
          "float",
          "floor",
          "format",
          "format_type",
          "from",
          "gcd",
          "gen_random_bytes",
          "gen_random_uuid",
          "gen_salt",
          "generate_series",
          "get_bit",
          "get_byte",
          "greatest",
          "group",
          "grouping",
          "has_column_privilege",
          "has_schema_privilege",
          "has_table_privilege",
          "hashtext",
          "having",
          "host",
          "ilike",
          "in",
          "inet_client_addr",
          "inet_server_addr",
          "inet_server_port",
          "initcap",
          "intersect",
          "interval",
          "is",
          "isfinite",
          "join",
          "json_agg",
          "json_array_elements",
          "json_array_elements_text",
          "json_array_length",
          "json_build_array",
          "json_build_object",
          "json_each",
          "json_each_text",
          "json_extract_path",
          "json_extract_path_text",
          "json_object",
          "json_object_agg",
          "json_populate_record",
          "json_populate_recordset",
          "json_strip_nulls",
          "json_to_record",
          "json_to_recordset",
          "json_typeof",
          "jsonb_agg",
          "jsonb_array_elements",
          "jsonb_array_elements_text",
          "jsonb_array_length",
          "jsonb_build_array",
          "jsonb_build_object",
          "jsonb_each",
          "jsonb_each_text",
          "jsonb_extract_path",
          "jsonb_extract_path_text",
          "jsonb_insert",
          "jsonb_object",
          "jsonb_object_agg",
          "jsonb_object_keys",
          "jsonb_path_exists",
          "jsonb_path_query",
          "jsonb_path_query_array",
          "jsonb_path_query_first",
          "jsonb_populate_record",
          "jsonb_populate_recordset",
          "jsonb_pretty",
          "jsonb_set",
          "jsonb_strip_nulls",
          "jsonb_to_record",
          "jsonb_to_recordset",
          "jsonb_typeof",
          "justify_days",
          "justify_hours",
          "justify_interval",
          "lag",
          "last_value",
          "lastval",
          "lateral",
          "lcm",
          "lead",
          "least",
          "left",
          "length",
          "like",
          "limit",
          "ln",
          "log",
          "lower",
          "lpad",
          "ltrim",
          "make_date",
          "make_interval",
          "make_time",
          "make_timestamp",
          "make_timestamptz",
          "masklen",
          "max",
          "md5",
          "min",
          "mod",
          "mode",
          "network",
          "nextval",
          "normalize",
          "not",
          "now",
          "nth_value",
          "ntile",
          "nullif",
          "num_nonnulls",
          "num_nulls",
          "numeric",
          "obj_description",
          "octet_length",
          "offset",
          "on",
          "or",
          "over",
          "overlay",
          "percent_rank",
          "percentile_cont",
          "percentile_disc",
          "pg_advisory_xact_lock",
          "pg_advisory_xact_lock_shared",
          "pg_backend_pid",
          "pg_column_size",
          "pg_current_wal_lsn",
          "pg_current_xact_id",
          "pg_database_size",
          "pg_encoding_to_char",
          "pg_get_constraintdef",
          "pg_get_expr",
          "pg_get_indexdef",
          "pg_get_serial_sequence",
          "pg_get_userbyid",
          "pg_get_viewdef",
          "pg_indexes_size",
          "pg_is_in_recovery",
          "pg_last_wal_replay_lsn",
          "pg_notify",
          "pg_postmaster_start_time",
          "pg_relation_size",
          "pg_size_pretty",
          "pg_sleep",
          "pg_table_is_visible",
          "pg_table_size",
          "pg_total_relation_size",
          "pg_try_advisory_xact_lock",
          "pg_try_advisory_xact_lock_shared",
          "pg_type_is_visible",
          "pg_typeof",
          "pg_wal_lsn_diff",
          "phraseto_tsquery",
          "pi",
          "plainto_tsquery",
          "position",
          "power",
          "quote_ident",
          "quote_literal",
          "quote_nullable",
          "radians",
          "random",
          "range_agg",
          "rank",
          "regexp_count",
          "regexp_instr",
          "regexp_like",
          "regexp_match",
          "regexp_matches",
          "regexp_replace",
          "regexp_split_to_array",
          "regexp_split_to_table",
          "regexp_substr",
          "regr_slope",
          "repeat",
          "replace",
          "returning",
          "reverse",
          "right",
          "rollup",
          "round",
          "row",
          "row_number",
          "row_to_json",
          "rpad",
          "rtrim",
          "scale",
          "select",
          "set",
          "sets",
          "setval",
          "sha224",
          "sha256",
          "sha384",
          "sha512",
          "sign",
          "similarity",
          "sin",
          "some",
          "split_part",
          "sqrt",
          "starts_with",
          "statement_timestamp",
          "stddev",
          "stddev_pop",
          "stddev_samp",
          "string_agg",
          "string_to_array",
          "string_to_table",
          "strpos",
          "substr",
          "substring",
          "sum",
          "tan",
          "then",
          "time",
          "timeofday",
          "timestamp",
          "timestamptz",
          "to_ascii",
          "to_char",
          "to_date",
          "to_hex",
          "to_json",
          "to_jsonb",
          "to_number",
          "to_regclass",
          "to_regproc",
          "to_regtype",
          "to_timestamp",
          "to_tsquery",
          "to_tsvector",
          "transaction_timestamp",
          "translate",
          "trim",
          "trunc",
          "ts_headline",
          "ts_rank",
          "ts_rank_cd",
          "txid_current",
          "union",
          "unnest",
          "upper",
          "using",
          "uuid_generate_v1",
          "uuid_generate_v4",
          "uuidv4",
          "uuidv7",
          "values",
          "var_pop",
          "var_samp",
          "varchar",
          "variance",
          "version",
          "websearch_to_tsquery",
          "when",
          "where",
          "width_bucket",
          "with",
          "within",
          "xmlagg",
          "xmlelement",
          "xmlforest");

  /** How a word begins that means something wherever it stands; most do not. */
  private static final boolean[] HEEDED = new boolean[256];

  static {
    for (char letter : "dilopsv".toCharArray()) {
      HEEDED[letter] = true;
      HEEDED[Character.toUpperCase(letter)] = true;
    }
  }

  private static final int MOST_NAMES = 32;
  private static final int LONGEST_NAME = 128;

  private Set<String> settings = Set.of();
  private @Nullable Pinned pinned;

  /** Why the session cannot be kept, as far as its texts tell. */
  public Optional<Pinned> pinned() {
    return Optional.ofNullable(pinned);
  }

  /** The custom settings that it may have, in lower case. */
  public Set<String> settings() {
    return settings;
  }

  /** A text that cannot be looked at. */
  public void tooLong() {
    pin(Pinned.TEXT);
  }

  /** A function that is called by its number. */
  public void functionCall() {
    pin(Pinned.SETTING);
  }

  private void pin(Pinned reason) {
    if (pinned == null) {
      pinned = reason;
    }
  }

  /**
   * Looks at a text of at most {@link #LONGEST_TEXT} bytes.
   *
   * @return whether it may change the session
   */
  public Change look(ByteBuf bytes, int index, int length) {
    return look(SqlText.of(bytes, index, length), length);
  }

  private Change look(byte[] text, int end) {
    Change change = Change.NONE;
    boolean begins = true;
    boolean inserts = false;
    boolean intoTable = false;
    boolean comments = false;
    int wordAt = -1;
    int at = SqlText.blanks(text, 0, end);
    while (at < end) {
      byte b = text[at];
      if (SqlText.isWord(b)) {
        wordAt = at;
        if (begins) {
          begins = false;
          change = change.or(statement(text, at, end));
          inserts = INSERTS.has(text, at, end);
        }
        if (HEEDED[b & 0xFF]) {
          if (SqlText.is(text, at, end, "into")) {
            intoTable = true;
            change = inserts ? change : change.or(Change.TRANSACTIONAL); // it creates a table
          } else if (intoTable && AFTER_TABLE.has(text, at, end)) {
            intoTable = false;
          }
          word(text, at, end);
        }
        at = SqlText.wordEnd(text, at + 1, end);
        continue;
      }
      if (b == ';') {
        begins = true;
      } else if (b == '(') {
        boolean calls = wordAt >= 0 && mayChange(text, wordAt, end);
        if (comments || (calls && !intoTable)) {
          change = Change.LASTING;
        }
        intoTable = false;
        wordAt = -1;
      } else if (begins && b > ' ') {
        change = Change.LASTING; // a comment, say: what follows is not seen to be a statement
      } else if (b == '"') {
        wordAt = at; // a name in quotes may be any function's
      } else if (b > ' ') {
        wordAt = -1;
        comments |= isComment(text, at, end); // they may hide what comes before a parenthesis
      }
      at++;
    }
    return change;
  }

  /** Whether what is called there may change the session. */
  private static boolean mayChange(byte[] text, int at, int end) {
    return !HARMLESS_CALLS.has(text, at, end)
        && !(SqlText.is(text, at, end, "set_config") && setsLocally(text, at, end));
  }

  /**
   * Whether it is {@code set_config('name', value, true)}, which holds until the transaction ends;
   * the value is a parameter or a literal.
   */
  private static boolean setsLocally(byte[] text, int from, int end) {
    int at = from + "set_config".length();
    at = after(text, at, end, '(');
    at = literal(text, at, end);
    at = after(text, at, end, ',');
    if (at < end && text[at] == '$') {
      at = SqlText.spaces(text, SqlText.wordEnd(text, at, end), end);
    } else {
      at = literal(text, at, end);
    }
    at = after(text, at, end, ',');
    return SqlText.is(text, at, end, "true") && after(text, at + "true".length(), end, ')') <= end;
  }

  /**
   * What comes after that character and white space on both sides; beyond the end: it is not there.
   */
  private static int after(byte[] text, int from, int end, char wanted) {
    int at = SqlText.spaces(text, from, end);
    return at < end && text[at] == wanted ? SqlText.spaces(text, at + 1, end) : end + 1;
  }

  /** What comes after a literal without backslashes. */
  private static int literal(byte[] text, int from, int end) {
    if (from >= end || text[from] != '\'') {
      return end + 1;
    }
    for (int at = from + 1; at < end; at++) {
      byte b = text[at];
      if (b == '\\') {
        return end + 1;
      } else if (b == '\'' && (at + 1 == end || text[at + 1] != '\'')) {
        return at + 1;
      } else if (b == '\'') {
        at++;
      }
    }
    return end + 1;
  }

  private static boolean isComment(byte[] text, int at, int end) {
    int next = at + 1 < end ? text[at + 1] : 0;
    return text[at] == '-' ? next == '-' : text[at] == '/' && next == '*';
  }

  /** SET LOCAL, SET TRANSACTION, SET CONSTRAINTS. */
  private static boolean setsForTransaction(byte[] text, int at, int end) {
    int next = SqlText.spaces(text, at + "set".length(), end);
    return UNTIL_END.has(text, next, end);
  }

  private static Change statement(byte[] text, int at, int end) {
    if (CHANGES_NOTHING.has(text, at, end)
        || (SqlText.is(text, at, end, "set") && setsForTransaction(text, at, end))) {
      return Change.NONE;
    }
    return CHANGES_UNTIL_ROLLBACK.has(text, at, end) ? Change.TRANSACTIONAL : Change.LASTING;
  }

  /** A word that begins with a {@link #HEEDED} letter. */
  private void word(byte[] text, int at, int end) {
    if (SqlText.is(text, at, end, "set")) {
      setting(text, SqlText.spaces(text, at + 3, end), end);
    } else if (SqlText.is(text, at, end, "set_config")) {
      setConfig(text, SqlText.spaces(text, at + 10, end), end);
    } else if (SqlText.is(text, at, end, "load")) {
      int next = SqlText.spaces(text, at + 4, end);
      if (next < end && (text[next] == '\'' || (text[next] | 0x20) == 'e')) {
        pin(Pinned.LOAD);
      }
    } else if (SqlText.begins(text, at, end, "dblink")) {
      pin(Pinned.DBLINK);
    } else if (SqlText.is(text, at, end, "pg_backup_start")
        || SqlText.is(text, at, end, "pg_start_backup")) {
      pin(Pinned.BACKUP);
    } else if (SqlText.is(text, at, end, "deferrable")
        || SqlText.is(text, at, end, "default_transaction_deferrable")) {
      pin(Pinned.DEFERRABLE);
    }
  }

  /** After SET: a name with a dot is a custom setting, whatever the statement is. */
  private void setting(byte[] text, int from, int end) {
    int at = from;
    if (SqlText.is(text, at, end, "session") || SqlText.is(text, at, end, "local")) {
      at = SqlText.spaces(text, at + (SqlText.is(text, at, end, "local") ? 5 : 7), end);
    }
    if (at < end && (text[at] == '/' || text[at] == '-')) {
      pin(Pinned.SETTING); // a comment hides the name
      return;
    }
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    while (at < end && name.length() < LONGEST_NAME) {
      byte b = text[at];
      if (b == '"') {
        quoted = !quoted;
      } else if (quoted || SqlText.isWord(b) || b == '.') {
        name.append((char) (b & 0xFF));
      } else {
        break;
      }
      at++;
    }
    if (name.indexOf(".") >= 0) {
      add(name.toString());
    }
  }

  private void setConfig(byte[] text, int from, int end) {
    if (from >= end || text[from] != '(') {
      return;
    }
    int at = SqlText.spaces(text, from + 1, end);
    int close = at < end && text[at] == '\'' ? SqlText.find(text, at + 1, end, '\'') : -1;
    int comma = close < 0 ? end : SqlText.spaces(text, close + 1, end);
    if (comma >= end || text[comma] != ',' || close - at > LONGEST_NAME) {
      pin(Pinned.SETTING); // the name is computed
      return;
    }
    String name = new String(text, at + 1, close - at - 1, StandardCharsets.ISO_8859_1);
    if (name.indexOf('.') >= 0) {
      add(name);
    }
  }

  private void add(String name) {
    boolean plain = name.chars().allMatch(c -> c < 0x80 && (SqlText.isWord((byte) c) || c == '.'));
    if (!plain || name.length() >= LONGEST_NAME || settings.size() >= MOST_NAMES) {
      pin(Pinned.SETTING);
    } else {
      settings = settings.isEmpty() ? new TreeSet<>() : settings;
      settings.add(name.toLowerCase(Locale.ROOT));
    }
  }
}
