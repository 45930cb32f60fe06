package io.trunkline.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
final class Suggestions {
  private static final int LONGEST = 64;

  private Suggestions() {}

  /** {@code "; did you mean max_lag?"}, or nothing when no word is near. */
  static String didYouMean(String written, Collection<String> words) {
    return nearest(written, words).map(word -> "; did you mean " + word + "?").orElse("");
  }

  static Optional<String> nearest(String written, Collection<String> words) {
    if (written.length() > LONGEST) {
      return Optional.empty();
    }
    String given = normal(written);
    Optional<String> nearest = Optional.empty();
    int least = Integer.MAX_VALUE;
    for (String word : words) {
      int distance = distance(given, normal(word));
      if (distance < least
          && distance <= Math.max(1, Math.min(given.length(), word.length()) / 3)) {
        least = distance;
        nearest = Optional.of(word);
      }
    }
    return nearest;
  }

  private static String normal(String word) {
    return word.toLowerCase(Locale.ROOT).replace('-', '_');
  }

  /** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
  static int distance(String a, String b) {
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      d[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      d[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        d[i][j] = Math.min(replaced, 1 + Math.min(d[i - 1][j], d[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], 1 + d[i - 2][j - 2]);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
