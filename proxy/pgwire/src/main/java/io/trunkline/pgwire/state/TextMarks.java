package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the texts of a session's statements give away of the state that PostgreSQL shows nobody: the
 * names of custom settings ({@code app.tenant}), and features whose state cannot be asked for. SQL
 * is not parsed: a word counts wherever it stands, so a session may be marked that need not be.
 */
public final class TextMarks {
  /** Bytes. A longer text is not looked at. */
  public static final int LONGEST_TEXT = 64 * 1024;

  private static final int MOST_NAMES = 32;
  private static final int LONGEST_NAME = 128;

  private final Set<String> settings = new TreeSet<>();
  private @Nullable Pinned pinned;
  private boolean unnamed;

  /** Why the session cannot be kept, as far as its texts tell. */
  public Optional<Pinned> pinned() {
    return unnamed && pinned == null
        ? Optional.of(Pinned.UNNAMED_STATEMENT)
        : Optional.ofNullable(pinned);
  }

  /** An unnamed statement is there that may still be run; or it is not any more. */
  public void unnamedStatement(boolean prepared) {
    unnamed = prepared;
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

  /** Looks at a text of at most {@link #LONGEST_TEXT} bytes, in any encoding that has ASCII. */
  public void look(ByteBuf text, int index, int length) {
    int end = index + length;
    boolean inWord = false;
    for (int at = index; at < end; at++) {
      byte b = text.getByte(at);
      boolean word = isWord(b);
      if (word && !inWord) {
        int first = b | 0x20;
        if (first == 's' || first == 'l' || first == 'd' || first == 'p') {
          word(text, at, end);
        }
      }
      inWord = word;
    }
  }

  private void word(ByteBuf text, int at, int end) {
    if (is(text, at, end, "set")) {
      setting(text, spaces(text, at + 3, end), end);
    } else if (is(text, at, end, "set_config")) {
      setConfig(text, spaces(text, at + 10, end), end);
    } else if (is(text, at, end, "load")) {
      int next = spaces(text, at + 4, end);
      if (next < end && (text.getByte(next) == '\'' || (text.getByte(next) | 0x20) == 'e')) {
        pin(Pinned.LOAD);
      }
    } else if (begins(text, at, end, "dblink")) {
      pin(Pinned.DBLINK);
    } else if (is(text, at, end, "pg_backup_start") || is(text, at, end, "pg_start_backup")) {
      pin(Pinned.BACKUP);
    } else if (is(text, at, end, "deferrable")
        || is(text, at, end, "default_transaction_deferrable")) {
      pin(Pinned.DEFERRABLE);
    }
  }

  /** After SET: a name with a dot is a custom setting, whatever the statement is. */
  private void setting(ByteBuf text, int from, int end) {
    int at = from;
    if (is(text, at, end, "session") || is(text, at, end, "local")) {
      at = spaces(text, at + (is(text, at, end, "local") ? 5 : 7), end);
    }
    if (at < end && (text.getByte(at) == '/' || text.getByte(at) == '-')) {
      pin(Pinned.SETTING); // a comment hides the name
      return;
    }
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    while (at < end && name.length() < LONGEST_NAME) {
      byte b = text.getByte(at);
      if (b == '"') {
        quoted = !quoted;
      } else if (quoted || isWord(b) || b == '.') {
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

  private void setConfig(ByteBuf text, int from, int end) {
    if (from >= end || text.getByte(from) != '(') {
      return;
    }
    int at = spaces(text, from + 1, end);
    int close = at < end && text.getByte(at) == '\'' ? text.indexOf(at + 1, end, (byte) '\'') : -1;
    int comma = close < 0 ? end : spaces(text, close + 1, end);
    if (comma >= end || text.getByte(comma) != ',' || close - at > LONGEST_NAME) {
      pin(Pinned.SETTING); // the name is computed
      return;
    }
    String name = text.toString(at + 1, close - at - 1, StandardCharsets.ISO_8859_1);
    if (name.indexOf('.') >= 0) {
      add(name);
    }
  }

  private void add(String name) {
    boolean plain = name.chars().allMatch(c -> c < 0x80 && (isWord((byte) c) || c == '.'));
    if (!plain || name.length() >= LONGEST_NAME || settings.size() >= MOST_NAMES) {
      pin(Pinned.SETTING);
    } else {
      settings.add(name.toLowerCase(Locale.ROOT));
    }
  }

  private static boolean is(ByteBuf text, int at, int end, String word) {
    return begins(text, at, end, word)
        && (at + word.length() == end || !isWord(text.getByte(at + word.length())));
  }

  private static boolean begins(ByteBuf text, int at, int end, String word) {
    if (end - at < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      byte b = text.getByte(at + i);
      byte lower = b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
      if (lower != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int spaces(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end && text.getByte(at) <= ' ' && text.getByte(at) > 0) {
      at++;
    }
    return at;
  }

  private static boolean isWord(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '$'
        || b < 0;
  }
}
