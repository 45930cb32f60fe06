package io.trunkline.packaging.imports;

import io.trunkline.config.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code tcp-request} lines of a frontend that ask only for the source, as who may connect.
 * Those of connections are asked first, then those of content.
 */
final class HaproxyAccess {
  private static final String TOLD =
      ": is not carried over, so clients it refused may connect; use allow, deny or rules";

  private final Map<String, List<List<String>>> acls;
  private final Remarks remarks;
  private final List<String> allow = new ArrayList<>();
  private final List<YamlBlock> rules = new ArrayList<>();
  private final List<String> proxyProtocolFrom = new ArrayList<>();

  /** Whether a connection may be accepted before the rules of content, which go on. */
  private boolean accepts;

  private HaproxyAccess(HaproxyProxy frontend, Remarks remarks) {
    this.acls = HaproxyCondition.acls(frontend);
    this.remarks = remarks;
  }

  static HaproxyAccess of(HaproxyProxy frontend, Remarks remarks) {
    var access = new HaproxyAccess(frontend, remarks);
    frontend.effective().stream()
        .filter(line -> line.begins("tcp-request", "connection"))
        .forEach(access::read);
    boolean accepted = access.accepts;
    frontend.effective().stream()
        .filter(line -> line.begins("tcp-request", "content"))
        .forEach(line -> access.content(line, accepted));
    return access;
  }

  private void content(HaproxyLine line, boolean accepted) {
    if (accepted || !List.of("accept", "reject").contains(line.word(2))) {
      remarks.lost(line.place(), "tcp-request content" + TOLD);
    } else {
      read(line);
    }
  }

  private void read(HaproxyLine line) {
    String action = line.word(2);
    boolean expectProxy = action.equals("expect-proxy");
    List<String> condition = line.from(expectProxy ? 4 : 3);
    Optional<HaproxyCondition.Any> any =
        condition.isEmpty()
            ? Optional.of(new HaproxyCondition.Any(List.of(), false))
            : HaproxyCondition.of(condition, acls).flatMap(HaproxyCondition::any);
    Optional<List<String>> networks = any.flatMap(it -> networks(it.tests()));
    if (networks.isEmpty()) {
      remarks.lost(line.place(), "tcp-request " + line.word(1) + TOLD);
      return;
    }
    boolean negated = any.get().negated();
    switch (action) {
      case "accept", "reject" -> rule(line, action, networks.get(), negated);
      case "expect-proxy" -> {
        if (negated || networks.get().isEmpty()) {
          remarks.lost(line.place(), "tcp-request connection expect-proxy: see proxy_protocol");
        } else {
          proxyProtocolFrom.addAll(networks.get());
        }
      }
      default ->
          remarks.lost(line.place(), "tcp-request connection " + Text.shown(action) + ": unknown");
    }
  }

  private void rule(HaproxyLine line, String action, List<String> networks, boolean negated) {
    if (negated) {
      // Everybody else is refused, and these go on to the next rule: that is what allow does.
      if (action.equals("reject") && rules.isEmpty() && allow.isEmpty()) {
        allow.addAll(networks);
      } else {
        remarks.lost(line.place(), "tcp-request " + line.word(1) + TOLD);
      }
      return;
    }
    accepts |= action.equals("accept");
    var rule = new YamlBlock();
    if (!networks.isEmpty()) {
      rule.put("from", networks);
    }
    rules.add(rule.put("action", action.equals("accept") ? "allow" : "reject"));
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
