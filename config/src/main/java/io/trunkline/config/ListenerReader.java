package io.trunkline.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** Reads one of {@code listeners}. */
final class ListenerReader {
  static final Duration SLOW_START = Duration.ofSeconds(10);
  static final Duration STARTUP_TIMEOUT = Duration.ofSeconds(10);
  static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  static final LimitsConfig LIMITS = new LimitsConfig(10_000, 10_000, 10_000);

  static final int MOST_CONNECTIONS = 1_000_000;
  private static final long LARGEST_LAG = 1L << 50;
  private static final HostPort NO_BIND = new HostPort("0.0.0.0", 0);

  private ListenerReader() {}

  static ListenerConfig read(MappingReader in, Clusters clusters) {
    RouteKind route =
        in.required("route", String.join(" | ", Words.of(RouteKind.class)))
            .flatMap(value -> value.choice(RouteKind.class))
            .orElse(RouteKind.PRIMARY);
    Optional<ClusterConfig> cluster = clusters.referredBy(in);
    TlsConfig tls = TlsReader.client(in.sectionOrEmpty("tls", Sections.TLS));
    return new ListenerConfig(
        in.required("name", "NAME").flatMap(Value::name).orElse(""),
        in.required("bind", "\"0.0.0.0:5432\"").flatMap(ListenerReader::bind).orElse(NO_BIND),
        cluster.map(ClusterConfig::name).orElse(""),
        route,
        fallback(in, route),
        in.choice("balance", Balance.LEAST_CONNECTIONS),
        maxLag(in),
        weights(in),
        in.duration("slow_start", SLOW_START, Duration.ZERO, Duration.ofHours(1)),
        limits(in.sectionOrEmpty("limits", Sections.LIMITS)),
        in.duration(
            "startup_timeout", STARTUP_TIMEOUT, Duration.ofMillis(100), Duration.ofMinutes(10)),
        in.duration(
            "connect_timeout", CONNECT_TIMEOUT, Duration.ofMillis(10), Duration.ofMinutes(5)),
        TcpReader.read(in.sectionOrEmpty("tcp", Sections.TCP)),
        tls,
        TlsReader.backend(in, tls),
        networks(in, "allow"),
        networks(in, "deny"),
        RuleReader.read(in, tls.mode()),
        proxyProtocol(in),
        in.flag("application_name_add_host", false),
        in.flag("follow_messages", true),
        target(in, cluster));
  }

  /** An address to listen on; {@code *} is every IPv4 address, as for HAProxy. */
  static Optional<HostPort> bind(Value value) {
    String text = value.text();
    return value.as(
        written -> {
          if (written.matches(":?\\d{1,9}")) {
            throw new NotUnderstood(
                Shown.of(text) + " has no address; write 0.0.0.0:" + text.replace(":", ""));
          }
          return Addresses.hostPort(
              written.startsWith("*:") ? "0.0.0.0" + written.substring(1) : written,
              OptionalInt.empty());
        });
  }

  private static Optional<RouteKind> fallback(MappingReader in, RouteKind route) {
    Optional<RouteKind> fallback =
        in.value("fallback").flatMap(value -> value.choice(RouteKind.class));
    if (in.has("route") && fallback.filter(route::equals).isPresent()) {
      in.problem("fallback", "is the route itself; name another one, or remove the key");
    }
    return fallback;
  }

  private static DialTarget target(MappingReader in, Optional<ClusterConfig> cluster) {
    DialTarget target = in.choice("target", DialTarget.POSTGRES);
    if (target == DialTarget.PROXY_URL
        && cluster.filter(found -> found.etcd().isEmpty()).isPresent()) {
      in.problem(
          "target",
          "proxy_url needs a cluster that has etcd: Patroni's REST API does not tell where a"
              + " pooler is; use postgres");
    }
    return target;
  }

  private static OptionalLong maxLag(MappingReader in) {
    Optional<Long> lag =
        in.value("max_lag")
            .flatMap(
                value ->
                    value
                        .as(Sizes::parse)
                        .flatMap(
                            bytes ->
                                bytes < 1 || bytes > LARGEST_LAG
                                    ? value.<Long>reject(
                                        Shown.of(value.text()) + " is not between 1B and 1024TB")
                                    : Optional.of(bytes)));
    return lag.isPresent() ? OptionalLong.of(lag.get()) : OptionalLong.empty();
  }

  private static Map<String, Integer> weights(MappingReader in) {
    Map<String, Integer> weights = new TreeMap<>();
    in.freeKeys("weights")
        .forEach(
            (member, value) ->
                value.integer(1, 256).ifPresent(weight -> weights.put(member, weight)));
    return weights;
  }

  private static LimitsConfig limits(MappingReader in) {
    return new LimitsConfig(
        in.integer("max_connections", LIMITS.maxConnections(), 1, MOST_CONNECTIONS),
        in.integer(
            "max_connections_per_backend", LIMITS.maxConnectionsPerBackend(), 1, MOST_CONNECTIONS),
        in.integer(
            "max_connections_per_address", LIMITS.maxConnectionsPerAddress(), 1, MOST_CONNECTIONS),
        rate(in, "connection_rate"),
        rate(in, "connection_rate_per_address"),
        in.integer("max_startup_size", LIMITS.maxStartupSize(), 8, LimitsConfig.LARGEST_STARTUP));
  }

  private static OptionalInt rate(MappingReader in, String key) {
    return in.value(key)
        .flatMap(value -> value.integer(1, MOST_CONNECTIONS))
        .map(OptionalInt::of)
        .orElse(OptionalInt.empty());
  }

  private static List<Cidr> proxyProtocol(MappingReader in) {
    Optional<MappingReader> section = in.section("proxy_protocol", Sections.PROXY_PROTOCOL);
    section
        .filter(inner -> !inner.has("from"))
        .ifPresent(
            inner ->
                inner.problem(
                    "needs the networks that may send the header; write from: [10.0.0.0/8]"));
    return section.map(inner -> networks(inner, "from")).orElse(List.of());
  }

  private static List<Cidr> networks(MappingReader in, String key) {
    return in.values(key).stream().flatMap(value -> value.as(Addresses::cidr).stream()).toList();
  }
}
