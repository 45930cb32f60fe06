package io.trunkline.packaging.imports;

import java.util.List;

/**
 * A section of haproxy.cfg.
 *
 * @param kind the word it begins with
 * @param name empty where it has none
 * @param parent the defaults that it names with {@code from}, or empty
 */
record HaproxySection(
    Place place, String kind, String name, String parent, List<HaproxyLine> lines) {
  HaproxySection {
    lines = List.copyOf(lines);
  }

  /** As the file has it, for comments. */
  String title() {
    return name.isEmpty() ? kind : kind + " " + name;
  }
}
