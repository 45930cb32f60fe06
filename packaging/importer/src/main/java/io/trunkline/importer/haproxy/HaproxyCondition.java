package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What follows {@code if} or {@code unless} (HAProxy Configuration Manual, "Using ACLs to form
 * conditions"): alternatives, each of which needs all of its terms.
 *
 * @param negated whether it holds when no alternative does: {@code unless}
 */
record HaproxyCondition(List<List<Term>> alternatives, boolean negated) {
  private static final int MOST_TERMS = 1000;

  /**
   * A named or an anonymous ACL.
   *
   * @param tests of which one is enough; each is the criterion and what it is compared with
   * @param acls the lines that define it; none of an anonymous one
   */
  record Term(boolean negated, List<List<String>> tests, List<Line> acls) {}

  /** The {@code acl} lines of a proxy by their names. */
  static Map<String, List<Line>> acls(HaproxyProxy proxy) {
    return proxy.effective().stream()
        .filter(line -> line.begins("acl"))
        .collect(Collectors.groupingBy(line -> line.word(1)));
  }

  /** Empty when it is none, or names an ACL that there is not. */
  static Optional<HaproxyCondition> of(List<String> words, Map<String, List<Line>> acls) {
    if (words.size() < 2 || !Set.of("if", "unless").contains(words.getFirst())) {
      return Optional.empty();
    }
    List<List<Term>> alternatives = new ArrayList<>(List.of(new ArrayList<>()));
    int terms = 0;
    boolean not = false;
    for (int at = 1; at < words.size(); at++) {
      String word = words.get(at);
      if (word.equals("or") || word.equals("||")) {
        alternatives.add(new ArrayList<>());
        continue;
      }
      if (word.startsWith("!")) {
        not = !not;
        word = word.substring(1);
        if (word.isEmpty()) {
          continue;
        }
      }
      List<Line> named = List.of();
      List<List<String>> tests;
      if (word.equals("{")) {
        int end = at + words.subList(at, words.size()).indexOf("}");
        if (end < at) {
          return Optional.empty();
        }
        tests = List.of(words.subList(at + 1, end));
        at = end;
      } else if (acls.containsKey(word)) {
        named = acls.get(word);
        tests = named.stream().map(line -> line.from(2)).toList();
      } else {
        return Optional.empty();
      }
      alternatives.getLast().add(new Term(not, tests, named));
      not = false;
      terms += tests.size();
      if (terms > MOST_TERMS) {
        return Optional.empty();
      }
    }
    return alternatives.stream().anyMatch(List::isEmpty)
        ? Optional.empty()
        : Optional.of(new HaproxyCondition(alternatives, words.getFirst().equals("unless")));
  }

  /** Something is made of it, and so of the ACLs that it names. */
  void take() {
    alternatives.stream()
        .flatMap(List::stream)
        .flatMap(term -> term.acls().stream())
        .forEach(Line::takeAll);
  }

  /** Whether it holds; empty when a test that counts cannot be answered. */
  Optional<Boolean> holds(Function<List<String>, Optional<Boolean>> answer) {
    Optional<Boolean> any = Optional.of(false);
    for (List<Term> alternative : alternatives) {
      Optional<Boolean> all = Optional.of(true);
      for (Term term : alternative) {
        Optional<Boolean> met =
            or(term.tests().stream().map(answer).toList()).map(it -> it != term.negated());
        all = or(List.of(all.map(it -> !it), met.map(it -> !it))).map(it -> !it);
      }
      any = or(List.of(any, all));
    }
    return any.map(it -> it != negated);
  }

  private static Optional<Boolean> or(List<Optional<Boolean>> parts) {
    if (parts.contains(Optional.of(true))) {
      return Optional.of(true);
    }
    return parts.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(false);
  }

  /**
   * The tests of which one is enough, when that is all it says; it may still be negated.
   *
   * @param tests as of one term
   */
  record Any(List<List<String>> tests, boolean negated) {}

  /** {@code a or b}, or the same negated: {@code !a !b}; empty when it says anything else. */
  Optional<Any> any() {
    boolean positive =
        alternatives.stream().allMatch(it -> it.size() == 1 && !it.getFirst().negated());
    boolean negative =
        alternatives.size() == 1 && alternatives.getFirst().stream().allMatch(Term::negated);
    return positive || negative
        ? Optional.of(
            new Any(
                alternatives.stream()
                    .flatMap(List::stream)
                    .flatMap(term -> term.tests().stream())
                    .toList(),
                negative != negated))
        : Optional.empty();
  }
}
