package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A frontend, a backend, or both in one (listen).
 *
 * @param defaults those that it follows
 * @param effective the lines of these, then its own: the later of two counts
 */
record HaproxyProxy(HaproxySection section, List<HaproxySection> defaults, List<Line> effective) {

  /** Of a chain of defaults that is longer than anybody's, the beginning does not count. */
  private static final int MOST_EFFECTIVE = 2 * HaproxySection.MOST_LINES;

  /** Ends the reason why something else is left out. */
  static final String ONLY_POSTGRESQL = "; only PostgreSQL's protocol is served";

  /** By name and, since a frontend and a backend may share one, by side. */
  record All(Map<String, HaproxyProxy> frontends, Map<String, HaproxyProxy> backends) {}

  /** Applies each {@code defaults} section to the proxies that follow it or name it. */
  static All of(List<HaproxySection> sections) {
    Map<String, List<HaproxySection>> defaults = new HashMap<>();
    List<HaproxySection> current = List.of();
    Map<String, HaproxyProxy> frontends = new LinkedHashMap<>();
    Map<String, HaproxyProxy> backends = new LinkedHashMap<>();
    for (HaproxySection section : sections) {
      switch (section.kind()) {
        case "defaults" -> {
          current = new ArrayList<>(named(section.parent(), List.of(), defaults));
          current.add(section);
          defaults.put(section.name(), current);
        }
        case "frontend", "backend", "listen" -> {
          List<HaproxySection> followed = named(section.parent(), current, defaults);
          var proxy = new HaproxyProxy(section, followed, lines(followed, section));
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

  private static List<HaproxySection> named(
      String name, List<HaproxySection> otherwise, Map<String, List<HaproxySection>> defaults) {
    return name.isEmpty() ? otherwise : defaults.getOrDefault(name, List.of());
  }

  private static List<Line> lines(List<HaproxySection> defaults, HaproxySection own) {
    List<Line> backwards = new ArrayList<>(own.lines().reversed());
    for (HaproxySection section : defaults.reversed()) {
      if (backwards.size() + section.lines().size() > MOST_EFFECTIVE) {
        break;
      }
      backwards.addAll(section.lines().reversed());
    }
    return List.copyOf(backwards.reversed());
  }

  /** Something is made of it, and so of the defaults that it follows. */
  void take() {
    section.take();
    defaults.forEach(HaproxySection::take);
  }

  /** Whether a line begins with these words, which only is looked at. */
  boolean has(String... words) {
    return effective.stream().anyMatch(line -> line.begins(words));
  }

  /** The last line that begins with these words, which count. */
  Optional<Line> last(String... words) {
    return Line.last(effective, words).map(line -> line.takeFirst(words.length));
  }

  /** Every line of its own that begins with that word. */
  List<Line> own(String word) {
    return section.lines().stream().filter(line -> line.begins(word)).toList();
  }

  /** Why nothing is made of it, if its mode is of another protocol. */
  Optional<String> otherProtocol() {
    return Optional.of(mode())
        .filter(it -> !it.equals("tcp"))
        .map(it -> "mode " + Text.shown(it) + ONLY_POSTGRESQL);
  }

  /** tcp is the default. */
  String mode() {
    return last("mode").map(line -> line.take(1)).orElse("tcp");
  }
}
