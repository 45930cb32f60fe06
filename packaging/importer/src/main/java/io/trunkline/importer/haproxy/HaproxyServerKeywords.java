package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.haproxy.HaproxyOptions.Option;
import java.util.List;
import java.util.Optional;

/** What becomes of the options of servers and binds that nothing is made of. */
final class HaproxyServerKeywords {
  private static final String CIPHERS = ": TLS 1.2 is the least, with the Java runtime's ciphers";

  private HaproxyServerKeywords() {}

  /** Tells those of which more is known than that they had no effect. */
  static void tellLeft(Line line, Remarks remarks) {
    List<Option> options =
        HaproxyOptions.of(
            line,
            switch (line.word(0)) {
              case "default-server" -> 1;
              case "bind" -> 2;
              case "server" -> 3;
              case "server-template" -> 4;
              default -> line.words().size();
            });
    for (Option option : options) {
      if (!line.isTaken(option.at())) {
        String told = Text.shown(option.name());
        (line.begins("bind") ? bind(option.name(), "bind " + told) : server(option.name(), told))
            .ifPresent(
                note -> {
                  option.take();
                  remarks.add(line.place(), note);
                });
      }
    }
  }

  private static Optional<Note> bind(String option, String told) {
    return Optional.ofNullable(
        switch (option) {
          case "alpn",
              "ciphers",
              "ciphersuites",
              "curves",
              "ecdhe",
              "npn",
              "prefer-client-ciphers",
              "sigalgs",
              "ssl-min-ver",
              "ssl-max-ver",
              "strict-sni",
              "tls-ticket-keys" ->
              Note.replaced(told + CIPHERS);
          case "backlog",
              "defer-accept",
              "id",
              "name",
              "nice",
              "process",
              "shards",
              "tcp-ut",
              "tfo",
              "thread" ->
              Note.replaced(told + ": is not needed");
          default -> null;
        });
  }

  private static Optional<Note> server(String option, String told) {
    return Optional.ofNullable(
        switch (option) {
          case "agent-check", "agent-addr", "agent-inter", "agent-port", "agent-send" ->
              Note.lost("agent-check: agents are not asked; Patroni's tags can keep sessions away");
          case "weight", "slowstart" ->
              Note.replaced(
                  told + ": counts only where sessions are spread over the members of a route");
          case "inter",
              "fastinter",
              "downinter",
              "rise",
              "fall",
              "observe",
              "error-limit",
              "on-error" ->
              Note.replaced(
                  "inter, rise, fall and the like: etcd is watched, and Patroni asked every second"
                      + " (clusters[].patroni.interval) and at once when something changes");
          case "on-marked-down", "on-marked-up" ->
              Note.replaced(
                  told
                      + ": a superseded primary loses its sessions at once; a replica that only"
                      + " lags keeps those it has");
          case "minconn", "maxqueue" -> Note.lost(told + ": nobody waits in a queue");
          case "disabled" ->
              Note.changed(
                  "disabled: the member is used where its role fits; Patroni's tags can prevent"
                      + " it");
          case "enabled", "id" -> Note.replaced(told + ": is not needed");
          case "init-addr", "resolvers", "resolve-prefer", "resolve-net", "resolve-opts" ->
              Note.replaced(told + ": members' addresses are those that Patroni publishes");
          case "tcp-ut" -> Note.replaced("tcp-ut: see tcp.user_timeout, 2m unless set");
          case "send-proxy", "send-proxy-v2", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn" ->
              Note.lost(
                  told
                      + ": members are not told clients' addresses by a PROXY header, which"
                      + " PostgreSQL does not take; see application_name_add_host");
          case "cookie", "redir", "proto", "ws" ->
              Note.lost(told + ": means nothing to PostgreSQL's protocol");
          case "source", "usesrc", "interface", "namespace", "socks4" ->
              Note.lost(told + ": the kernel chooses the address that members see");
          case "alpn",
              "ciphers",
              "ciphersuites",
              "ssl-min-ver",
              "ssl-max-ver",
              "sigalgs",
              "curves" ->
              Note.replaced(told + CIPHERS);
          default -> null;
        });
  }
}
