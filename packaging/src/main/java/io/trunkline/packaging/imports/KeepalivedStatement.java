package io.trunkline.packaging.imports;

import java.util.List;
import java.util.Optional;

/**
 * A keyword of keepalived.conf with its parameters and, in braces, its block.
 *
 * @param words the keyword first; at least one
 * @param body what is in the braces; empty without
 */
record KeepalivedStatement(Place place, List<String> words, List<KeepalivedStatement> body) {
  String keyword() {
    return words.getFirst();
  }

  /** The parameter at that place, from 1, or an empty text. */
  String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  /** The last statement of the body with that keyword. */
  Optional<KeepalivedStatement> last(String keyword) {
    return body.reversed().stream().filter(it -> it.keyword().equals(keyword)).findFirst();
  }

  boolean has(String keyword) {
    return last(keyword).isPresent();
  }

  /** The first parameter of the last statement with that keyword. */
  Optional<String> value(String keyword) {
    return last(keyword).map(it -> it.word(1)).filter(it -> !it.isEmpty());
  }
}
