package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;

/** Goes through the words of a line. */
final class HaproxyWords {
  private final Line line;
  private int at;

  /** From that word on. */
  HaproxyWords(Line line, int from) {
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

  /** The word that came last is taken. */
  void take() {
    line.take(at - 1);
  }

  /** The next word, taken together with the one before. */
  String value() {
    take();
    return line.take(at++);
  }
}
