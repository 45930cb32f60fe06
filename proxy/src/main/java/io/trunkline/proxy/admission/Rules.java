package io.trunkline.proxy.admission;

import io.trunkline.config.RuleConfig;
import io.trunkline.pgwire.Opening;
import io.trunkline.proxy.stats.SessionEnd;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** The rules of one listener: the first that is about a client decides. */
public final class Rules {
  private final List<RuleConfig> rules;
  private final AtomicIntegerArray connections;

  public Rules(List<RuleConfig> rules) {
    this.rules = rules;
    this.connections = new AtomicIntegerArray(rules.size());
  }

  /** What the rules say to a client. */
  public sealed interface Verdict {}

  /**
   * It may go on, and is to be counted out when it leaves.
   *
   * @param rule index of the rule that admitted it; -1: none is about it
   * @param needsTls whether only with TLS
   */
  public record Admitted(int rule, boolean needsTls) implements Verdict {}

  /**
   * It has to go.
   *
   * @param why for the client and the log
   */
  public record Refused(SessionEnd reason, String why) implements Verdict {}

  /**
   * Counts a client in, if it may go on.
   *
   * @param opening a startup packet, or a request for TLS that is passed through: then no rule
   *     depends on more than the address
   * @param tls whether it has, or asks for, TLS
   */
  public Verdict admit(InetAddress client, Opening opening, boolean tls) {
    String user = opening instanceof Opening.StartupMessage startup ? user(startup) : "";
    String database = opening instanceof Opening.StartupMessage startup ? database(startup) : "";
    for (int i = 0; i < rules.size(); i++) {
      if (isAbout(rules.get(i), client, user, database)) {
        return decide(i, tls);
      }
    }
    return new Admitted(-1, false);
  }

  /** Counts out a client that was admitted by that rule. */
  public void leave(int rule) {
    if (rule >= 0) {
      connections.decrementAndGet(rule);
    }
  }

  private Verdict decide(int index, boolean tls) {
    RuleConfig rule = rules.get(index);
    String name = "rule " + (index + 1) + " of the listener ";
    if (rule.action() == RuleConfig.Action.REJECT) {
      return new Refused(SessionEnd.RULE_REJECTS, name + "rejects this client");
    }
    boolean needsTls = rule.tls() == RuleConfig.Tls.REQUIRE;
    if (needsTls && !tls) {
      return new Refused(SessionEnd.RULE_TLS_REQUIRED, name + "requires TLS");
    }
    if (connections.incrementAndGet(index) > rule.maxConnections().orElse(Integer.MAX_VALUE)) {
      connections.decrementAndGet(index);
      return new Refused(
          SessionEnd.RULE_FULL,
          name + "allows " + rule.maxConnections().getAsInt() + " connections");
    }
    return new Admitted(index, needsTls);
  }

  private static boolean isAbout(
      RuleConfig rule, InetAddress client, String user, String database) {
    return (rule.from().isEmpty()
            || rule.from().stream().anyMatch(network -> network.contains(client)))
        && (rule.users().isEmpty() || rule.users().contains(user))
        && (rule.databases().isEmpty() || rule.databases().contains(database));
  }

  private static String user(Opening.StartupMessage startup) {
    return startup.parameters().getOrDefault("user", "");
  }

  private static String database(Opening.StartupMessage startup) {
    String database = startup.parameters().getOrDefault("database", "");
    return database.isEmpty() ? user(startup) : database;
  }
}
