package io.trunkline.packaging.imports;

import java.util.List;

/**
 * A line of haproxy.cfg in words, without quotes and comments; at least one word.
 *
 * @param words where an environment variable is not known here, <code>${NAME}</code> stays
 */
record HaproxyLine(Place place, List<String> words) {
  HaproxyLine {
    words = List.copyOf(words);
  }

  /** The word at that place, or an empty one. */
  String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  List<String> from(int index) {
    return words.subList(Math.min(index, words.size()), words.size());
  }

  /** Whether it begins with these words. */
  boolean begins(String... expected) {
    return words.size() >= expected.length
        && words.subList(0, expected.length).equals(List.of(expected));
  }
}
