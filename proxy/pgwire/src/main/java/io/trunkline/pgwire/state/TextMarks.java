package io.trunkline.pgwire.state;

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
   * @param end where it ends in that array; it begins at 0
   * @return whether it may change the session
   */
  Change look(byte[] text, int end) {
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
    return !HarmlessCalls.WORDS.has(text, at, end)
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
