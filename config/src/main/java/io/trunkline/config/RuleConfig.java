package io.trunkline.config;

import java.util.List;
import java.util.OptionalInt;

/**
 * One rule of a listener: the first whose conditions all hold decides.
 *
 * @param from empty: all
 * @param users empty: all
 * @param databases empty: all
 * @param maxConnections empty: any number
 */
public record RuleConfig(
    List<Cidr> from,
    List<String> users,
    List<String> databases,
    Action action,
    OptionalInt maxConnections,
    Tls tls) {
  public RuleConfig {
    from = List.copyOf(from);
    users = List.copyOf(users);
    databases = List.copyOf(databases);
  }

  /** What becomes of a client. */
  public enum Action implements Labelled {
    ALLOW,
    REJECT
  }

  /** Whether a client needs TLS. */
  public enum Tls implements Labelled {
    ANY,
    REQUIRE
  }
}
