package io.trunkline.packaging.imports;

import java.util.List;

/** Takes the words of a line one after the other; those that nobody takes are told. */
final class HaproxyWords {
  private final HaproxyLine line;
  private int at;

  /** From that word on. */
  HaproxyWords(HaproxyLine line, int from) {
    this.line = line;
    this.at = from;
  }

  boolean hasNext() {
    return at < line.words().size();
  }

  /** The next word; an empty one at the end. */
  String next() {
    return line.word(at++);
  }

  /** The word that was taken last is left. */
  void back() {
    at--;
  }

  /** All that are left. */
  List<String> rest() {
    List<String> rest = line.from(at);
    at = line.words().size();
    return rest;
  }

  /** Tells what is left, which has no effect. */
  void tellRest(Remarks remarks) {
    if (hasNext()) {
      remarks.lost(
          line.place(),
          Text.shown(line.word(0)) + ": had no effect: " + Text.shown(String.join(" ", rest())));
    }
  }
}
