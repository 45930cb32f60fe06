package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A frontend, a backend, or both in one (listen).
 *
 * @param effective the lines of its defaults, then its own: the later of two counts
 */
record HaproxyProxy(HaproxySection section, List<HaproxyLine> effective) {

  /** Of a chain of defaults that is longer than anybody's, the beginning does not count. */
  private static final int MOST_EFFECTIVE = 2 * HaproxySections.MOST_LINES;

  /** By name and, since a frontend and a backend may share one, by side. */
  record All(Map<String, HaproxyProxy> frontends, Map<String, HaproxyProxy> backends) {}

  /** Applies each {@code defaults} section to the proxies that follow it or name it. */
  static All of(List<HaproxySection> sections) {
    Map<String, List<HaproxyLine>> defaults = new HashMap<>();
    List<HaproxyLine> current = List.of();
    Map<String, HaproxyProxy> frontends = new LinkedHashMap<>();
    Map<String, HaproxyProxy> backends = new LinkedHashMap<>();
    for (HaproxySection section : sections) {
      switch (section.kind()) {
        case "defaults" -> {
          List<HaproxyLine> parent =
              section.parent().isEmpty()
                  ? List.of()
                  : defaults.getOrDefault(section.parent(), List.of());
          current = joined(parent, section.lines());
          defaults.put(section.name(), current);
        }
        case "frontend", "backend", "listen" -> {
          List<HaproxyLine> inherited =
              section.parent().isEmpty()
                  ? current
                  : defaults.getOrDefault(section.parent(), List.of());
          var proxy = new HaproxyProxy(section, joined(inherited, section.lines()));
          if (!section.kind().equals("backend")) {
            frontends.putIfAbsent(section.name(), proxy);
          }
          if (!section.kind().equals("frontend")) {
            backends.putIfAbsent(section.name(), proxy);
          }
        }
        default -> {}
      }
    }
    return new All(frontends, backends);
  }

  private static List<HaproxyLine> joined(List<HaproxyLine> first, List<HaproxyLine> second) {
    List<HaproxyLine> all = new ArrayList<>(first);
    all.addAll(second);
    return all.subList(Math.max(0, all.size() - MOST_EFFECTIVE), all.size());
  }

  /** The last line that begins with these words. */
  Optional<HaproxyLine> last(String... words) {
    return effective.reversed().stream().filter(line -> line.begins(words)).findFirst();
  }

  /** Every line of its own that begins with that word. */
  List<HaproxyLine> own(String word) {
    return section.lines().stream().filter(line -> line.begins(word)).toList();
  }

  /** Whether it has that option, and no {@code no option} after it. */
  boolean hasOption(String option) {
    return effective.reversed().stream()
        .filter(line -> line.begins("option", option) || line.begins("no", "option", option))
        .findFirst()
        .filter(line -> line.begins("option"))
        .isPresent();
  }

  /** tcp is the default. */
  String mode() {
    return last("mode").map(line -> line.word(1)).orElse("tcp");
  }
}
