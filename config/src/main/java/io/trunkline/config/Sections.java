package io.trunkline.config;

import java.util.List;
import java.util.Optional;

/** Every key of the file: what the readers accept, and what the manual must describe. */
final class Sections {
  static final Section ROOT =
      Section.of(
          "",
          "node",
          "zone",
          "clusters",
          "listeners",
          "vips",
          "admin",
          "log",
          "state_dir",
          "drain_timeout",
          "upgrade_timeout",
          "memory_limit",
          "threads",
          "vrrp_rt_priority");

  static final Section CLUSTER =
      Section.of(
          "clusters[]",
          "name",
          "scope",
          "namespace",
          "etcd",
          "patroni",
          "sentinel",
          "hold_timeout",
          "hold_limit",
          "isolation_grace",
          "on_isolation",
          "max_logins");

  static final Section ETCD =
      Section.of(
          "clusters[].etcd",
          "host",
          "hosts",
          "url",
          "protocol",
          "cacert",
          "cert",
          "key",
          "username",
          "password",
          "password_file");

  static final Section PATRONI =
      Section.of(
          "clusters[].patroni", "hosts", "cacert", "cert", "key", "verify", "interval", "timeout");

  static final Section SENTINEL =
      Section.of(
          "clusters[].sentinel",
          "user",
          "password",
          "password_file",
          "database",
          "tls",
          "require_auth");

  static final Section SENTINEL_TLS =
      Section.of("clusters[].sentinel.tls", "mode", "cacert", "cert", "key");

  static final Section LISTENER =
      Section.of(
          "listeners[]",
          "name",
          "bind",
          "cluster",
          "route",
          "fallback",
          "target",
          "balance",
          "max_lag",
          "weights",
          "slow_start",
          "limits",
          "startup_timeout",
          "connect_timeout",
          "tcp",
          "tls",
          "backend_tls",
          "allow",
          "deny",
          "rules",
          "proxy_protocol",
          "application_name_add_host",
          "follow_messages");

  static final Section LIMITS =
      Section.of(
          "listeners[].limits",
          "max_connections",
          "max_connections_per_backend",
          "max_connections_per_address",
          "connection_rate",
          "connection_rate_per_address",
          "max_startup_size");

  static final Section RULE =
      Section.of(
          "listeners[].rules[]", "from", "user", "database", "action", "max_connections", "tls");

  static final Section TCP =
      Section.of(
          "listeners[].tcp",
          "keepalive_idle",
          "keepalive_interval",
          "keepalive_count",
          "user_timeout");

  static final Section TLS =
      Section.of(
          "listeners[].tls",
          "mode",
          "cert",
          "key",
          "client_ca",
          "client_cert",
          "require",
          "min_version");

  static final Section BACKEND_TLS =
      Section.of("listeners[].backend_tls", "mode", "cacert", "cert", "key");

  static final Section PROXY_PROTOCOL = Section.of("listeners[].proxy_protocol", "from");

  static final Section VIP =
      Section.of(
          "vips[]",
          "name",
          "interface",
          "addresses",
          "excluded_addresses",
          "mode",
          "duplicate_address",
          "vrrp",
          "etcd",
          "cluster",
          "member");

  static final Section LEASE = Section.of("vips[].etcd", "group", "lease_ttl");

  static final Section VRRP =
      Section.of(
          "vips[].vrrp",
          "version",
          "router_id",
          "priority",
          "advert_interval",
          "preempt",
          "preempt_delay",
          "unicast_peers",
          "auth_pass",
          "auth_pass_file",
          "checksum_as_v2",
          "garp_repeat",
          "garp_delay",
          "garp_refresh");

  static final Section ADMIN = Section.of("admin", "bind", "socket", "allowed_hosts");

  static final Section LOG = Section.of("log", "level", "format");

  static final List<Section> ALL =
      List.of(
          ROOT,
          CLUSTER,
          ETCD,
          PATRONI,
          SENTINEL,
          SENTINEL_TLS,
          LISTENER,
          LIMITS,
          RULE,
          TCP,
          TLS,
          BACKEND_TLS,
          PROXY_PROTOCOL,
          VIP,
          LEASE,
          VRRP,
          ADMIN,
          LOG);

  private Sections() {}

  /** What to say about a key that this section does not have. */
  static String unknownKey(Section section, String key) {
    String likely = Suggestions.didYouMean(key, section.keys());
    return "unknown key" + (likely.isEmpty() ? elsewhere(key).orElse("") : likely);
  }

  private static Optional<String> elsewhere(String key) {
    List<Section> homes = ALL.stream().filter(section -> section.keys().contains(key)).toList();
    return homes.size() == 1
        ? Optional.of("; it belongs " + place(homes.getFirst()))
        : Optional.empty();
  }

  private static String place(Section section) {
    return section.path().isEmpty() ? "at the top of the file" : "in " + section.path();
  }
}
