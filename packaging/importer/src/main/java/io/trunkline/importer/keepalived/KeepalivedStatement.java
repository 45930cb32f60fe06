package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A keyword of keepalived.conf with its parameters and, in braces, its block.
 *
 * @param line the keyword first
 * @param body what is in the braces; empty without
 */
record KeepalivedStatement(Line line, List<KeepalivedStatement> body) {
  Place place() {
    return line.place();
  }

  String keyword() {
    return line.word(0);
  }

  /** The parameter at that place, from 1, or an empty text. */
  String word(int index) {
    return line.word(index);
  }

  /** Every statement of the body with that keyword. */
  Stream<KeepalivedStatement> all(String keyword) {
    return body.stream().filter(it -> it.keyword().equals(keyword));
  }

  /** What is in every block with that keyword; they count together. */
  List<KeepalivedStatement> entries(String keyword) {
    return all(keyword).flatMap(block -> block.taken(1).body.stream()).toList();
  }

  /** The last statement of the body with that keyword; it overrides the others. */
  Optional<KeepalivedStatement> last(String keyword) {
    List<KeepalivedStatement> all = all(keyword).toList();
    all.stream().limit(Math.max(0, all.size() - 1)).forEach(KeepalivedStatement::takeAll);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
  }

  /** So many of its words count. */
  KeepalivedStatement taken(int count) {
    line.takeFirst(count);
    return this;
  }

  /** Nothing is made of it, or something as a whole: nothing in it is told. */
  void takeAll() {
    line.takeAll();
    body.forEach(KeepalivedStatement::takeAll);
  }

  /** The first parameter of the last statement with that keyword. */
  Optional<String> value(String keyword) {
    return last(keyword).map(it -> it.taken(2).word(1)).filter(it -> !it.isEmpty());
  }
}
