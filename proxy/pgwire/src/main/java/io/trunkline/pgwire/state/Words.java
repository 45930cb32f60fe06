package io.trunkline.pgwire.state;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A set of SQL's words, in which a word of a text is looked up by its first letter and length. */
final class Words {
  private static final int LETTERS = 26;

  private final byte[][][] byLetter = new byte[LETTERS][0][];

  private Words() {}

  /** Those words: lower case, beginning with a letter. */
  static Words of(String... words) {
    Words set = new Words();
    for (String word : words) {
      byte[][] before = set.byLetter[word.charAt(0) - 'a'];
      byte[][] after = Arrays.copyOf(before, before.length + 1);
      after[before.length] = word.getBytes(StandardCharsets.US_ASCII);
      set.byLetter[word.charAt(0) - 'a'] = after;
    }
    return set;
  }

  /** Whether the word that begins there, if one does, is one of these in upper or lower case. */
  boolean has(byte[] text, int at, int end) {
    int letter = at < end ? (text[at] | 0x20) - 'a' : -1;
    if (letter < 0 || letter >= LETTERS || byLetter[letter].length == 0) {
      return false;
    }
    int length = SqlText.wordEnd(text, at, end) - at;
    for (byte[] word : byLetter[letter]) {
      if (word.length == length && begins(text, at, word)) {
        return true;
      }
    }
    return false;
  }

  private static boolean begins(byte[] text, int at, byte[] word) {
    for (int i = 0; i < word.length; i++) {
      if (SqlText.lower(text[at + i]) != word[i]) {
        return false;
      }
    }
    return true;
  }
}
