package io.trunkline.packaging.imports;

import io.trunkline.config.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code tcp-request connection} lines of a frontend, as who may connect. */
final class HaproxyAccess {
  private static final String TOLD =
      "tcp-request connection: is not carried over, so clients it refused may connect; use allow,"
          + " deny or rules";

  private final Map<String, List<List<String>>> acls;
  private final Remarks remarks;
  private final List<String> allow = new ArrayList<>();
  private final List<YamlBlock> rules = new ArrayList<>();
  private final List<String> proxyProtocolFrom = new ArrayList<>();

  private HaproxyAccess(HaproxyProxy frontend, Remarks remarks) {
    this.acls = HaproxyCondition.acls(frontend);
    this.remarks = remarks;
  }

  static HaproxyAccess of(HaproxyProxy frontend, Remarks remarks) {
    var access = new HaproxyAccess(frontend, remarks);
    frontend.effective().stream()
        .filter(line -> line.begins("tcp-request", "connection"))
        .forEach(access::read);
    return access;
  }

  private void read(HaproxyLine line) {
    String action = line.word(2);
    boolean expectProxy = action.equals("expect-proxy");
    List<String> condition = line.from(expectProxy ? 4 : 3);
    Optional<List<String>> networks =
        condition.isEmpty() ? Optional.of(List.of()) : networks(condition);
    if (networks.isEmpty()) {
      remarks.lost(line.place(), TOLD);
      return;
    }
    boolean negated =
        HaproxyCondition.of(condition, acls).map(HaproxyCondition::negated).orElse(false);
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
        remarks.lost(line.place(), TOLD);
      }
      return;
    }
    var rule = new YamlBlock();
    if (!networks.isEmpty()) {
      rule.put("from", networks);
    }
    rules.add(rule.put("action", action.equals("accept") ? "allow" : "reject"));
  }

  /** The networks that a condition names; empty when it asks for anything else. */
  private Optional<List<String>> networks(List<String> condition) {
    Optional<HaproxyCondition> parsed = HaproxyCondition.of(condition, acls);
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    List<String> networks = new ArrayList<>();
    for (List<String> test : parsed.get().tests()) {
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
