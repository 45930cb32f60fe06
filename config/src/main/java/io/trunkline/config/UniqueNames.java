package io.trunkline.config;

import java.util.HashMap;
import java.util.Map;

/** Sees to it that no two things of one kind have the same name. */
final class UniqueNames {
  private final String kind;
  private final Map<String, Position> first = new HashMap<>();

  UniqueNames(String kind) {
    this.kind = kind;
  }

  /**
   * @param key the key that the name was taken from
   */
  void add(MappingReader in, String name, Key<?> key) {
    Position earlier = name.isEmpty() ? null : first.putIfAbsent(name, in.at(key));
    if (earlier != null) {
      in.problem(
          key,
          "%s %s is already defined on line %d; names must differ"
              .formatted(kind, Shown.of(name), earlier.line()));
    }
  }
}
