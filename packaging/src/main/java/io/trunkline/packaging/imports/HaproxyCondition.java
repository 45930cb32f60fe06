package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What follows {@code if} or {@code unless}, as far as it is one test or several joined by {@code
 * or}.
 *
 * @param tests of which one is enough; each is the criterion and what it is compared with
 * @param negated whether it holds when none of them does
 */
record HaproxyCondition(List<List<String>> tests, boolean negated) {
  private static final int MOST_TESTS = 1000;

  /** The {@code acl} lines of a proxy by their names. */
  static Map<String, List<List<String>>> acls(HaproxyProxy proxy) {
    Map<String, List<List<String>>> acls = new HashMap<>();
    for (HaproxyLine line : proxy.effective()) {
      if (line.begins("acl")) {
        acls.computeIfAbsent(line.word(1), name -> new ArrayList<>()).add(line.from(2));
      }
    }
    return acls;
  }

  /** Empty when it says more than that. */
  static Optional<HaproxyCondition> of(List<String> words, Map<String, List<List<String>>> acls) {
    if (words.isEmpty() || !Set.of("if", "unless").contains(words.getFirst())) {
      return Optional.empty();
    }
    List<List<String>> tests = new ArrayList<>();
    boolean negated = words.getFirst().equals("unless");
    int at = 1;
    if (at < words.size() && words.get(at).equals("!")) {
      negated = !negated;
      at++;
    } else if (at < words.size() && words.get(at).startsWith("!")) {
      negated = !negated;
      List<String> rest = new ArrayList<>(words.subList(at, words.size()));
      rest.set(0, rest.getFirst().substring(1));
      return only(rest, acls, negated);
    }
    while (at < words.size()) {
      int end = at;
      if (words.get(at).equals("{")) {
        end = at + words.subList(at, words.size()).indexOf("}");
        if (end < at) {
          return Optional.empty();
        }
        tests.add(words.subList(at + 1, end));
      } else if (acls.containsKey(words.get(at))) {
        tests.addAll(acls.get(words.get(at)));
      } else {
        return Optional.empty();
      }
      boolean joined = end + 1 < words.size() && Set.of("or", "||").contains(words.get(end + 1));
      if (tests.size() > MOST_TESTS || (!joined && end + 1 < words.size())) {
        return Optional.empty();
      }
      at = end + 2;
    }
    return Optional.of(new HaproxyCondition(List.copyOf(tests), negated))
        .filter(it -> !it.tests.isEmpty());
  }

  /** One test that is negated; {@code !a or b} would be two different ones. */
  private static Optional<HaproxyCondition> only(
      List<String> words, Map<String, List<List<String>>> acls, boolean negated) {
    List<String> condition = new ArrayList<>(List.of("if"));
    condition.addAll(words);
    return words.contains("or") || words.contains("||")
        ? Optional.empty()
        : of(condition, acls)
            .filter(it -> !it.negated)
            .map(it -> new HaproxyCondition(it.tests, negated));
  }
}
