package io.trunkline.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * One listening socket and where its sessions go.
 *
 * @param maxLag bytes
 * @param weights by member name; 100 where there is none
 * @param slowStart 0 is off
 * @param allow empty: all
 * @param rebalance sessions per second; empty: none is moved
 * @param proxyProtocolFrom empty: none
 */
public record ListenerConfig(
    String name,
    HostPort bind,
    String cluster,
    RouteKind route,
    Optional<RouteKind> fallback,
    Balance balance,
    OptionalLong maxLag,
    Map<String, Integer> weights,
    Duration slowStart,
    LimitsConfig limits,
    Duration startupTimeout,
    Duration connectTimeout,
    TcpConfig tcp,
    TlsConfig tls,
    PostgresTls backendTls,
    List<Cidr> allow,
    List<Cidr> deny,
    List<RuleConfig> rules,
    List<Cidr> proxyProtocolFrom,
    boolean applicationNameAddHost,
    boolean followMessages,
    KeepSessions keepSessions,
    List<String> keepSettings,
    boolean keepListen,
    OptionalInt rebalance,
    DialTarget target) {

  /** Which sessions go on when their member goes. */
  public enum KeepSessions implements Labelled {
    /** None. */
    OFF,
    /** Those that can, in a planned switchover. */
    PLANNED,
    /** After a crash, too. */
    ALWAYS
  }

  public ListenerConfig {
    weights = Map.copyOf(weights);
    allow = List.copyOf(allow);
    deny = List.copyOf(deny);
    rules = List.copyOf(rules);
    keepSettings = List.copyOf(keepSettings);
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
  }
}
