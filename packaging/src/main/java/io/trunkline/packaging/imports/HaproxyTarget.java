package io.trunkline.packaging.imports;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The backends that the sessions of a frontend go to.
 *
 * @param fallback the one that takes them when no server of the other is up
 */
record HaproxyTarget(HaproxyProxy backend, Optional<HaproxyProxy> fallback) {
  private static final Pattern UP = Pattern.compile("nbsrv(?:\\((.*)\\))?");

  /** Empty when there is none, which is remarked. */
  static Optional<HaproxyTarget> of(
      HaproxyProxy frontend, Map<String, HaproxyProxy> backends, Remarks remarks) {
    if (frontend.section().kind().equals("listen") && frontend.last("server").isPresent()) {
      return Optional.of(new HaproxyTarget(frontend, switchOf(frontend, "", backends, remarks)));
    }
    Optional<HaproxyLine> named =
        frontend.effective().stream()
            .filter(line -> line.begins("use_backend") && line.words().size() == 2)
            .findFirst()
            .or(() -> frontend.last("default_backend"));
    Optional<HaproxyProxy> main = named.map(line -> backends.get(line.word(1)));
    if (main.isEmpty()) {
      remarks.lost(
          named.map(HaproxyLine::place).orElse(frontend.section().place()),
          named.isPresent()
              ? "backend " + Text.shown(named.get().word(1)) + ": there is none of that name"
              : frontend.section().title() + ": it has no backend");
      return Optional.empty();
    }
    Optional<HaproxyProxy> other = switchOf(frontend, named.get().word(1), backends, remarks);
    boolean whenUp =
        other.isPresent()
            && frontend.own("use_backend").stream()
                .anyMatch(
                    line -> emptiness(frontend, line).filter(it -> !it.whenEmpty()).isPresent());
    return Optional.of(
        whenUp ? new HaproxyTarget(other.get(), main) : new HaproxyTarget(main.get(), other));
  }

  /** What {@code nbsrv} is asked about. */
  private record Emptiness(String backend, boolean whenEmpty) {}

  /** The other backend, when what decides is only whether one of the two has servers. */
  private static Optional<HaproxyProxy> switchOf(
      HaproxyProxy frontend, String main, Map<String, HaproxyProxy> backends, Remarks remarks) {
    Optional<HaproxyProxy> other = Optional.empty();
    for (HaproxyLine line : frontend.own("use_backend")) {
      if (line.words().size() == 2) {
        continue;
      }
      Optional<Emptiness> emptiness = emptiness(frontend, line);
      String asked = emptiness.map(Emptiness::backend).orElse("");
      boolean falls = emptiness.filter(Emptiness::whenEmpty).isPresent() && asked.equals(main);
      boolean prefers =
          emptiness.filter(it -> !it.whenEmpty()).isPresent() && asked.equals(line.word(1));
      if (other.isEmpty() && (falls || prefers) && backends.containsKey(line.word(1))) {
        other = Optional.of(backends.get(line.word(1)));
      } else {
        remarks.lost(
            line.place(),
            "use_backend: sessions are not divided by conditions; give each kind of client a"
                + " listener of its own");
      }
    }
    return other;
  }

  private static Optional<Emptiness> emptiness(HaproxyProxy frontend, HaproxyLine line) {
    return HaproxyCondition.of(line.from(2), HaproxyCondition.acls(frontend))
        .filter(condition -> condition.tests().size() == 1)
        .flatMap(condition -> emptiness(condition.tests().getFirst(), condition.negated()));
  }

  private static Optional<Emptiness> emptiness(List<String> test, boolean negated) {
    Matcher asked = UP.matcher(test.isEmpty() ? "" : test.getFirst());
    if (!asked.matches() || asked.group(1) == null) {
      return Optional.empty();
    }
    String compared = String.join(" ", test.subList(1, test.size())).replace("-m int ", "");
    boolean empty = Set.of("lt 1", "le 0", "eq 0", "0").contains(compared);
    boolean some = Set.of("gt 0", "ge 1").contains(compared);
    return empty || some
        ? Optional.of(new Emptiness(asked.group(1), empty != negated))
        : Optional.empty();
  }
}
