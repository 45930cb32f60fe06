package io.trunkline.packaging.imports;

import java.util.List;

/** What becomes of the words of {@code server}, {@code default-server} and {@code bind} lines. */
final class HaproxyServerKeywords {
  private HaproxyServerKeywords() {}

  static void remark(HaproxySection section, Remarks remarks) {
    for (HaproxyLine line : section.lines()) {
      List<String> words =
          switch (line.word(0)) {
            case "default-server" -> line.from(1);
            case "server" -> line.from(3);
            case "server-template" -> line.from(4);
            default -> List.of();
          };
      HaproxyOptions.of(words).names().forEach(option -> remark(option, line.place(), remarks));
      if (line.begins("bind")) {
        HaproxyOptions.of(line.from(2))
            .names()
            .forEach(option -> bind(option, line.place(), remarks));
      }
    }
  }

  private static void bind(String option, Place at, Remarks remarks) {
    String told = "bind " + Text.shown(option);
    switch (option) {
      case "accept-proxy", "ca-file", "crt", "maxconn", "name", "ssl", "ssl-min-ver", "verify" -> {}
      case "alpn",
          "ciphers",
          "ciphersuites",
          "curves",
          "ecdhe",
          "npn",
          "prefer-client-ciphers",
          "sigalgs",
          "ssl-max-ver",
          "strict-sni",
          "tls-ticket-keys" ->
          remarks.replaced(at, told + ": TLS 1.2 is the least, with the Java runtime's ciphers");
      case "backlog",
          "defer-accept",
          "id",
          "nice",
          "process",
          "shards",
          "tcp-ut",
          "tfo",
          "thread" ->
          remarks.replaced(at, told + ": is not needed");
      default -> remarks.lost(at, told + ": is not carried over");
    }
  }

  private static void remark(String option, Place at, Remarks remarks) {
    String told = Text.shown(option);
    switch (option) {
      case "agent-check", "agent-addr", "agent-inter", "agent-port", "agent-send" ->
          remarks.lost(
              at, "agent-check: agents are not asked; Patroni's tags can keep sessions away");
      case "addr",
          "backup",
          "ca-file",
          "check",
          "check-sni",
          "check-ssl",
          "crt",
          "enabled",
          "id",
          "port",
          "slowstart",
          "sni",
          "ssl",
          "verify",
          "verifyhost",
          "weight" -> {}
      case "inter",
          "fastinter",
          "downinter",
          "rise",
          "fall",
          "observe",
          "error-limit",
          "on-error" ->
          remarks.replaced(
              at,
              "inter, rise, fall and the like: etcd is watched, and Patroni asked every second"
                  + " (clusters[].patroni.interval) and at once when something changes");
      case "on-marked-down", "on-marked-up" ->
          remarks.replaced(
              at,
              told
                  + ": a superseded primary loses its sessions at once; a replica that only lags"
                  + " keeps those it has");
      case "maxconn" ->
          remarks.changed(
              at,
              "maxconn of a server became max_connections_per_backend: clients past it are told so"
                  + " (53300), they do not wait in a queue");
      case "minconn", "maxqueue" -> remarks.lost(at, told + ": nobody waits in a queue");
      case "disabled" ->
          remarks.changed(
              at,
              "disabled: the member is used where its role fits; Patroni's tags can prevent it");
      case "track" -> remarks.replaced(at, "track: all listeners share what is known of a member");
      case "check-path" ->
          remarks.changed(
              at,
              "check-path: HAProxy knows no such word and refuses this file; it was read as the"
                  + " path of option httpchk");
      case "init-addr", "resolvers", "resolve-prefer", "resolve-net", "resolve-opts" ->
          remarks.replaced(at, told + ": members' addresses are those that Patroni publishes");
      case "tcp-ut" -> remarks.replaced(at, "tcp-ut: see tcp.user_timeout, 2m unless set");
      case "send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn" ->
          remarks.lost(
              at,
              told
                  + ": members are not told clients' addresses by a PROXY header, which PostgreSQL"
                  + " does not take; see application_name_add_host");
      case "cookie", "redir", "proto", "ws" ->
          remarks.lost(at, told + ": means nothing to PostgreSQL's protocol");
      case "source", "usesrc", "interface", "namespace", "socks4" ->
          remarks.lost(at, told + ": the kernel chooses the address that members see");
      case "alpn", "ciphers", "ciphersuites", "ssl-min-ver", "ssl-max-ver", "sigalgs", "curves" ->
          remarks.replaced(at, told + ": TLS 1.2 is the least, with the Java runtime's ciphers");
      default -> remarks.lost(at, told + ": is not known to this import");
    }
  }
}
