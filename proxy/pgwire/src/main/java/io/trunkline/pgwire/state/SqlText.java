package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;

/** Words of a statement's text, in any encoding that has ASCII. SQL is not parsed. */
final class SqlText {
  private SqlText() {}

  /** Whether that word is there, in upper or lower case; the word is in lower case. */
  static boolean is(ByteBuf text, int at, int end, String word) {
    return begins(text, at, end, word)
        && (at + word.length() == end || !isWord(text.getByte(at + word.length())));
  }

  /** Whether one of those words is there. */
  static boolean isOneOf(ByteBuf text, int at, int end, String[] words) {
    int first = at < end ? lower(text.getByte(at)) : 0;
    for (String word : words) {
      if (word.charAt(0) == first && is(text, at, end, word)) {
        return true;
      }
    }
    return false;
  }

  /** Whether a word that begins so is there. */
  static boolean begins(ByteBuf text, int at, int end, String beginning) {
    if (end - at < beginning.length()) {
      return false;
    }
    for (int i = 0; i < beginning.length(); i++) {
      if (lower(text.getByte(at + i)) != beginning.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /** Where the word ends that begins there. */
  static int wordEnd(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end && isWord(text.getByte(at))) {
      at++;
    }
    return at;
  }

  /** What comes after white space. */
  static int spaces(ByteBuf text, int from, int end) {
    int at = from;
    while (at < end && text.getByte(at) <= ' ' && text.getByte(at) > 0) {
      at++;
    }
    return at;
  }

  /**
   * What comes after white space and comments (PostgreSQL docs: "Lexical Structure", "Comments");
   * the end where a comment is not closed.
   */
  static int blanks(ByteBuf text, int from, int end) {
    int at = spaces(text, from, end);
    while (end - at >= 2) {
      if (text.getByte(at) == '-' && text.getByte(at + 1) == '-') {
        while (at < end && text.getByte(at) != '\n' && text.getByte(at) != '\r') {
          at++;
        }
      } else if (text.getByte(at) == '/' && text.getByte(at + 1) == '*') {
        at = comment(text, at + 2, end);
      } else {
        break;
      }
      at = spaces(text, at, end);
    }
    return at;
  }

  /** Comments nest. */
  private static int comment(ByteBuf text, int from, int end) {
    int depth = 1;
    int at = from;
    while (end - at >= 2) {
      boolean opens = text.getByte(at) == '/' && text.getByte(at + 1) == '*';
      boolean closes = text.getByte(at) == '*' && text.getByte(at + 1) == '/';
      if (opens || closes) {
        depth += opens ? 1 : -1;
        at += 2;
        if (depth == 0) {
          return at;
        }
      } else {
        at++;
      }
    }
    return end;
  }

  static boolean isWord(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || b == '_'
        || b == '$'
        || b < 0;
  }
}
