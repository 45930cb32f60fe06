package io.trunkline.healthcheck.dcs;

import io.trunkline.healthcheck.common.JunkException;
import java.util.Optional;

/** One key, parsed once per change. A key that is absent or junk has the value of an absent one. */
final class Cell<T> {
  private final String key;
  private final T absent;
  private final Parser<T> parser;
  private T value;
  private long modRevision;
  private Optional<String> problem = Optional.empty();

  Cell(String key, T absent, Parser<T> parser) {
    this.key = key;
    this.absent = absent;
    this.parser = parser;
    this.value = absent;
  }

  interface Parser<T> {
    T parse(String text) throws JunkException;
  }

  T value() {
    return value;
  }

  /** The revision of the change that made it so; 0 when the key is absent. */
  long modRevision() {
    return modRevision;
  }

  /** Why it cannot be read, with the key's name. */
  Optional<String> problem() {
    return problem;
  }

  /** Takes over what the key says now. Whether the key was touched. */
  boolean refresh(KeySpace keys) {
    Optional<Entry> entry = keys.get(key);
    long found = entry.map(Entry::modRevision).orElse(0L);
    if (found == modRevision) {
      return false;
    }
    modRevision = found;
    value = absent;
    problem = Optional.empty();
    if (entry.isPresent()) {
      try {
        value = parser.parse(entry.get().text());
      } catch (JunkException e) {
        problem = Optional.of(key + ": " + e.getMessage());
      }
    }
    return true;
  }
}
