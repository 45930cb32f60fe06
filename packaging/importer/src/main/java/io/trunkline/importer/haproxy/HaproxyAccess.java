package io.trunkline.importer.haproxy;

import io.trunkline.config.Cidr;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.YamlBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code tcp-request} lines of a frontend that ask only for the source, as who may connect.
 * Those of connections are asked first, then those of content.
 */
final class HaproxyAccess {
  private final Map<String, List<Line>> acls;
  private final List<String> allow = new ArrayList<>();
  private final List<YamlBlock> rules = new ArrayList<>();
  private final List<String> proxyProtocolFrom = new ArrayList<>();

  /** Whether a connection may be accepted before the rules of content, which go on. */
  private boolean accepts;

  private HaproxyAccess(HaproxyProxy frontend) {
    this.acls = HaproxyCondition.acls(frontend);
  }

  static HaproxyAccess of(HaproxyProxy frontend) {
    var access = new HaproxyAccess(frontend);
    frontend.effective().stream()
        .filter(line -> line.begins("tcp-request", "connection"))
        .forEach(access::read);
    if (!access.accepts) {
      frontend.effective().stream()
          .filter(line -> line.begins("tcp-request", "content"))
          .filter(line -> List.of("accept", "reject").contains(line.word(2)))
          .forEach(access::read);
    }
    return access;
  }

  /** A line that nothing is made of is left. */
  private void read(Line line) {
    String action = line.word(2);
    boolean expectProxy = action.equals("expect-proxy");
    List<String> words = line.from(expectProxy ? 4 : 3);
    Optional<HaproxyCondition> condition = HaproxyCondition.of(words, acls);
    Optional<HaproxyCondition.Any> any =
        words.isEmpty()
            ? Optional.of(new HaproxyCondition.Any(List.of(), false))
            : condition.flatMap(HaproxyCondition::any);
    Optional<List<String>> networks = any.flatMap(it -> networks(it.tests()));
    if (networks.isPresent() && carries(action, networks.get(), any.get().negated())) {
      line.takeAll();
      condition.ifPresent(HaproxyCondition::take);
    }
  }

  /** Whether something is made of it. */
  private boolean carries(String action, List<String> networks, boolean negated) {
    return switch (action) {
      case "accept", "reject" -> rule(action, networks, negated);
      case "expect-proxy" -> !negated && proxyProtocolFrom.addAll(networks);
      default -> false;
    };
  }

  private boolean rule(String action, List<String> networks, boolean negated) {
    if (negated) {
      // Everybody else is refused, and these go on to the next rule: that is what allow does.
      boolean first = action.equals("reject") && rules.isEmpty() && allow.isEmpty();
      return first && allow.addAll(networks);
    }
    accepts |= action.equals("accept");
    var rule = new YamlBlock();
    if (!networks.isEmpty()) {
      rule.put("from", networks);
    }
    return rules.add(rule.put("action", action.equals("accept") ? "allow" : "reject"));
  }

  /** The networks that tests name; empty when they ask for anything else. */
  private static Optional<List<String>> networks(List<List<String>> tests) {
    List<String> networks = new ArrayList<>();
    for (List<String> test : tests) {
      if (test.size() < 2 || !test.getFirst().equals("src")) {
        return Optional.empty();
      }
      for (String network : test.subList(1, test.size())) {
        try {
          Cidr.parse(network);
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
        networks.add(network);
      }
    }
    return Optional.of(networks);
  }

  List<String> proxyProtocolFrom() {
    return proxyProtocolFrom;
  }

  void write(YamlBlock listener) {
    if (!allow.isEmpty()) {
      listener.put("allow", allow);
    }
    if (!rules.isEmpty()) {
      listener.putItems("rules", rules);
    }
  }
}
