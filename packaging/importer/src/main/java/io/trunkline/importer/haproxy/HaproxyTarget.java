package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The backends that the sessions of a frontend go to.
 *
 * @param backend where they go when every backend has servers
 * @param fallback the one that takes them when no server of that is up
 * @param others where some of them went, by conditions that are not evaluated
 */
record HaproxyTarget(
    HaproxyProxy backend, Optional<HaproxyProxy> fallback, List<HaproxyProxy> others) {
  private static final Pattern UP = Pattern.compile("nbsrv(?:\\(([^)]*)\\))?");
  private static final int MANY = 100;

  HaproxyTarget {
    others = List.copyOf(others);
  }

  /** Empty when there is none, which is remarked. */
  static Optional<HaproxyTarget> of(
      HaproxyProxy frontend, Map<String, HaproxyProxy> backends, Remarks remarks) {
    return new Reader(frontend, backends, remarks).read();
  }

  /** Evaluates the {@code use_backend} rules of a frontend, with so many servers up. */
  private static final class Reader {
    private final HaproxyProxy frontend;
    private final Map<String, HaproxyProxy> backends;
    private final Map<String, List<Line>> acls;
    private final Remarks remarks;
    private final Set<HaproxyProxy> others = new LinkedHashSet<>();

    Reader(HaproxyProxy frontend, Map<String, HaproxyProxy> backends, Remarks remarks) {
      this.frontend = frontend;
      this.backends = backends;
      this.acls = HaproxyCondition.acls(frontend);
      this.remarks = remarks;
    }

    Optional<HaproxyTarget> read() {
      Optional<HaproxyProxy> main = selected(Set.of(), MANY);
      if (main.isEmpty()) {
        Optional<Line> named = frontend.last("default_backend");
        frontend
            .section()
            .leaveOut(
                named
                    .map(line -> "there is no backend " + Text.shown(line.word(1)))
                    .orElse("it has no backend"),
                remarks);
        return Optional.empty();
      }
      String name = main.get().section().name();
      Optional<HaproxyProxy> fallback =
          selected(Set.of(name), 0).filter(it -> !it.equals(main.get()));
      Optional<HaproxyProxy> third =
          fallback.flatMap(it -> selected(Set.of(name, it.section().name()), 0));
      if (third.filter(it -> !it.equals(main.get()) && !third.equals(fallback)).isPresent()) {
        remarks.lost(
            frontend.section().place(),
            "%s: there is one fallback; backend %s, which took over from it, was left out",
            frontend.section().title(),
            third.get().section().name());
      }
      if (fallback.isPresent() && !selected(Set.of(name), 1).equals(main)) {
        remarks.changed(
            frontend.section().place(),
            "%s: the fallback is used when there is no member of the route at all, not"
                + " when there are few",
            frontend.section().title());
      }
      if (frontend.has(HaproxySection.CONDITION)) {
        others.addAll(backends.values());
      }
      others.remove(main.get());
      return Optional.of(new HaproxyTarget(main.get(), fallback, List.copyOf(others)));
    }

    /** The backend that is chosen when these have so many servers up, and all others have many. */
    private Optional<HaproxyProxy> selected(Set<String> scarce, int up) {
      for (Line line : frontend.own("use_backend")) {
        Optional<HaproxyProxy> backend = Optional.ofNullable(backends.get(line.word(1)));
        Optional<HaproxyCondition> condition = HaproxyCondition.of(line.from(2), acls);
        Optional<Boolean> applies =
            line.words().size() == 2
                ? Optional.of(true)
                : condition.flatMap(it -> it.holds(test -> answer(test, scarce, up)));
        line.takeAll();
        if (applies.isEmpty() || backend.isEmpty()) {
          if (line.word(1).matches(".*[%$].*")) {
            others.addAll(backends.values());
          }
          backend.ifPresent(others::add);
          remarks.lost(
              line.place(),
              "use_backend: sessions are not divided by conditions; give each kind of client a"
                  + " listener of its own");
          continue;
        }
        condition.ifPresent(HaproxyCondition::take);
        if (applies.get()) {
          return backend;
        }
      }
      if (frontend.section().kind().equals("listen")
          && (frontend.has("server") || frontend.has("server-template"))) {
        return Optional.of(frontend);
      }
      return frontend.last("default_backend").map(line -> backends.get(line.take(1)));
    }

    private Optional<Boolean> answer(List<String> test, Set<String> scarce, int up) {
      if (test.isEmpty()) {
        return Optional.empty();
      }
      switch (test.getFirst()) {
        case "always_true" -> {
          return Optional.of(true);
        }
        case "always_false" -> {
          return Optional.of(false);
        }
        default -> {}
      }
      Matcher asked = UP.matcher(test.getFirst());
      if (!asked.matches()) {
        return Optional.empty();
      }
      String backend = Optional.ofNullable(asked.group(1)).orElse(frontend.section().name());
      return compared(
          scarce.contains(backend) ? up : MANY, new ArrayList<>(test.subList(1, test.size())));
    }

    /** The number with what it is compared with: {@code lt 1}, or one of several. */
    private static Optional<Boolean> compared(int number, List<String> words) {
      if (words.size() > 1 && words.getFirst().equals("-m") && words.get(1).equals("int")) {
        words.subList(0, 2).clear();
      }
      String operator = words.isEmpty() ? "" : words.getFirst();
      boolean written = Set.of("eq", "ge", "gt", "le", "lt").contains(operator);
      List<String> values = written ? words.subList(1, words.size()) : words;
      if (values.size() != 1 || !Text.isNumber(values.getFirst())) {
        return Optional.empty();
      }
      int value = Integer.parseInt(values.getFirst());
      return Optional.of(
          switch (operator) {
            case "ge" -> number >= value;
            case "gt" -> number > value;
            case "le" -> number <= value;
            case "lt" -> number < value;
            default -> number == value;
          });
    }
  }
}
