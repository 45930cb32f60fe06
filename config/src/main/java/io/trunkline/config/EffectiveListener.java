package io.trunkline.config;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Writes a listener; it has no secrets. */
final class EffectiveListener {
  private EffectiveListener() {}

  static Map<String, Object> of(ListenerConfig listener) {
    boolean terminates = listener.tls().mode() == TlsConfig.Mode.TERMINATE;
    return fields()
        .put("name", listener.name())
        .put("bind", listener.bind())
        .put("cluster", listener.cluster())
        .put("route", listener.route())
        .put("fallback", listener.fallback())
        .put("target", listener.target())
        .put("balance", listener.balance())
        .putIf(listener.maxLag().isPresent(), "max_lag", Sizes.format(listener.maxLag().orElse(0)))
        .put("weights", new TreeMap<>(listener.weights()))
        .put("slow_start", listener.slowStart())
        .put("limits", limits(listener.limits()))
        .put("startup_timeout", listener.startupTimeout())
        .put("connect_timeout", listener.connectTimeout())
        .put("tcp", tcp(listener.tcp()))
        .put("tls", tls(listener.tls(), terminates))
        .putIf(terminates, "backend_tls", postgresTls(listener.backendTls()))
        .put("allow", listener.allow())
        .put("deny", listener.deny())
        .putAll("rules", listener.rules(), EffectiveListener::rule)
        .put(
            "proxy_protocol",
            Optional.of(listener.proxyProtocolFrom())
                .filter(from -> !from.isEmpty())
                .map(from -> fields().put("from", from).asMap()))
        .put("application_name_add_host", listener.applicationNameAddHost())
        .put("follow_messages", listener.followMessages())
        .asMap();
  }

  private static Map<String, Object> limits(LimitsConfig limits) {
    return fields()
        .put("max_connections", limits.maxConnections())
        .put("max_connections_per_backend", limits.maxConnectionsPerBackend())
        .put("max_connections_per_address", limits.maxConnectionsPerAddress())
        .put("connection_rate", boxed(limits.connectionRate()))
        .put("connection_rate_per_address", boxed(limits.connectionRatePerAddress()))
        .put("max_startup_size", limits.maxStartupSize())
        .asMap();
  }

  private static Map<String, Object> rule(RuleConfig rule) {
    boolean allows = rule.action() == RuleConfig.Action.ALLOW;
    return fields()
        .putIf(!rule.from().isEmpty(), "from", rule.from())
        .putIf(!rule.users().isEmpty(), "user", rule.users())
        .putIf(!rule.databases().isEmpty(), "database", rule.databases())
        .put("action", rule.action())
        .put("max_connections", boxed(rule.maxConnections()))
        .putIf(allows, "tls", rule.tls())
        .asMap();
  }

  private static Optional<Integer> boxed(OptionalInt number) {
    return number.isPresent() ? Optional.of(number.getAsInt()) : Optional.empty();
  }

  private static Map<String, Object> tcp(TcpConfig tcp) {
    return fields()
        .put("keepalive_idle", tcp.keepaliveIdle())
        .put("keepalive_interval", tcp.keepaliveInterval())
        .put("keepalive_count", tcp.keepaliveCount())
        .put("user_timeout", tcp.userTimeout())
        .asMap();
  }

  private static Map<String, Object> tls(TlsConfig tls, boolean terminates) {
    return fields()
        .put("mode", tls.mode())
        .put("cert", tls.files().cert())
        .put("key", tls.files().key())
        .put("client_ca", tls.files().cacert())
        .putIf(tls.files().cacert().isPresent(), "client_cert", tls.clientCert())
        .put("require", tls.require())
        .putIf(terminates, "min_version", tls.minVersion())
        .asMap();
  }

  static Map<String, Object> postgresTls(PostgresTls tls) {
    return fields().put("mode", tls.mode()).put(tls.files()).asMap();
  }

  private static Fields fields() {
    return new Fields(Secret::toString);
  }
}
