package io.trunkline.pgwire.state;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * Words of a statement's text, in any encoding that has ASCII. SQL is not parsed. Every text of
 * every statement is looked at byte by byte, so it is an array: a buffer checks each access.
 */
final class SqlText {
  /** Bytes. Longer texts are rare: what they are copied to is not kept. */
  private static final int USUAL = 4096;

  private static final FastThreadLocal<byte[]> COPY =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[USUAL];
        }
      };

  private static final boolean[] WORD = new boolean[256];

  static {
    for (int b = 0; b < WORD.length; b++) {
      WORD[b] =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || b == '_'
              || b == '$'
              || b >= 0x80;
    }
  }

  private SqlText() {}

  /** A text, at the beginning of an array that the next text of this event loop overwrites. */
  static byte[] of(ByteBuf bytes, int index, int length) {
    byte[] text = length <= USUAL ? COPY.get() : new byte[length];
    bytes.getBytes(index, text, 0, length);
    return text;
  }

  /** Whether that word is there, in upper or lower case; the word is in lower case. */
  static boolean is(byte[] text, int at, int end, String word) {
    return begins(text, at, end, word)
        && (at + word.length() == end || !isWord(text[at + word.length()]));
  }

  /** Whether a word that begins so is there. */
  static boolean begins(byte[] text, int at, int end, String beginning) {
    if (end - at < beginning.length()) {
      return false;
    }
    for (int i = 0; i < beginning.length(); i++) {
      if (lower(text[at + i]) != beginning.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  static int lower(byte b) {
    return b >= 'A' && b <= 'Z' ? b | 0x20 : b;
  }

  /** Where the word ends that begins there. */
  static int wordEnd(byte[] text, int from, int end) {
    int at = from;
    while (at < end && isWord(text[at])) {
      at++;
    }
    return at;
  }

  /** Where the next such character is; -1 if there is none. */
  static int find(byte[] text, int from, int end, char wanted) {
    for (int at = from; at < end; at++) {
      if (text[at] == wanted) {
        return at;
      }
    }
    return -1;
  }

  /** What comes after white space. */
  static int spaces(byte[] text, int from, int end) {
    int at = from;
    while (at < end && text[at] <= ' ' && text[at] > 0) {
      at++;
    }
    return at;
  }

  /**
   * What comes after white space and comments (PostgreSQL docs: "Lexical Structure", "Comments");
   * the end where a comment is not closed.
   */
  static int blanks(byte[] text, int from, int end) {
    int at = spaces(text, from, end);
    while (end - at >= 2) {
      if (text[at] == '-' && text[at + 1] == '-') {
        while (at < end && text[at] != '\n' && text[at] != '\r') {
          at++;
        }
      } else if (text[at] == '/' && text[at + 1] == '*') {
        at = comment(text, at + 2, end);
      } else {
        break;
      }
      at = spaces(text, at, end);
    }
    return at;
  }

  /** Comments nest. */
  private static int comment(byte[] text, int from, int end) {
    int depth = 1;
    int at = from;
    while (end - at >= 2) {
      boolean opens = text[at] == '/' && text[at + 1] == '*';
      boolean closes = text[at] == '*' && text[at + 1] == '/';
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
    return WORD[b & 0xFF];
  }
}
