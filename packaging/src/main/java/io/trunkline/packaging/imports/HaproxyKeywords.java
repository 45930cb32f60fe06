package io.trunkline.packaging.imports;

import java.util.Map;

/**
 * What becomes of the lines of haproxy.cfg that nothing is made of. Lines that something is made of
 * are remarked on where that happens.
 */
final class HaproxyKeywords {
  private static final String LOG =
      ": Trunkline logs one event per line on standard error, which systemd keeps in the journal";
  private static final String UNIT = ": the package and its systemd unit see to it";
  private static final int MANY = Integer.MAX_VALUE;
  private static final String HTTP = ": means nothing to PostgreSQL's protocol";

  /** Read elsewhere; the number of words that are, where all lines have as many. */
  private static final Map<String, Integer> READ =
      Map.ofEntries(
          Map.entry(HaproxySections.CONDITION, MANY),
          Map.entry("acl", MANY),
          Map.entry("balance", 2),
          Map.entry("bind", MANY),
          Map.entry("ca-base", 2),
          Map.entry("crt-base", 2),
          Map.entry("default-server", MANY),
          Map.entry("default_backend", 2),
          Map.entry("http-check", MANY),
          Map.entry("maxconn", 2),
          Map.entry("mode", 2),
          Map.entry("presetenv", 3),
          Map.entry("rate-limit", 3),
          Map.entry("server", MANY),
          Map.entry("server-template", MANY),
          Map.entry("setenv", 3),
          Map.entry("ssl-server-verify", 2),
          Map.entry("use_backend", MANY));

  private HaproxyKeywords() {}

  static void remark(HaproxySection section, Remarks remarks) {
    switch (section.kind()) {
      case "global" -> section.lines().forEach(line -> global(line, remarks));
      case "defaults", "frontend", "backend", "listen" ->
          section.lines().forEach(line -> proxy(line, remarks));
      case "resolvers" ->
          remarks.replaced(
              section.place(),
              section.title() + ": members' addresses are those that Patroni publishes");
      default ->
          remarks.lost(
              section.place(), Text.shown(section.title()) + ": Trunkline has nothing like it");
    }
  }

  private static void global(HaproxyLine line, Remarks remarks) {
    String word = line.word(0);
    String told = Text.shown(word);
    if (READ.containsKey(word)) {
      new HaproxyWords(line, READ.get(word)).tellRest(remarks);
      return;
    }
    if (word.equals("stats")) {
      remarks.replaced(
          line.place(),
          "stats socket: the control socket is /run/trunkline/admin.sock (trunkline status,"
              + " sessions, drain)");
    } else if (word.startsWith("log")) {
      remarks.replaced(line.place(), told + LOG);
    } else if (word.startsWith("lua") || word.equals("external-check")) {
      remarks.lost(line.place(), told + ": Trunkline runs no scripts");
    } else if (word.startsWith("ssl-") || word.equals("tune.ssl.default-dh-param")) {
      remarks.replaced(
          line.place(), told + ": TLS 1.2 is the least, with the Java runtime's ciphers");
    } else if (word.startsWith("max") || word.startsWith("rate") || word.equals("fd-hard-limit")) {
      remarks.lost(line.place(), told + ": see limits of each listener and memory_limit");
    } else {
      remarks.replaced(line.place(), told + UNIT);
    }
  }

  private static void proxy(HaproxyLine line, Remarks remarks) {
    String word = line.word(0);
    String told = Text.shown(word);
    if (READ.containsKey(word)) {
      new HaproxyWords(line, READ.get(word)).tellRest(remarks);
      return;
    }
    switch (word) {
      case "option" -> option(line, remarks);
      case "timeout" -> timeout(line, remarks);
      case "retries" ->
          remarks.replaced(
              line.place(), "retries: a member that refuses is replaced by the next at once");
      case "stats" -> {}
      case "tcp-request" -> tcpRequest(line, remarks);
      case "tcp-check", "external-check" ->
          remarks.lost(
              line.place(),
              told + ": members are judged by etcd, Patroni and PostgreSQL; see sentinel");
      case "stick-table", "stick" ->
          remarks.lost(line.place(), told + ": sessions do not stick to a member");
      case "tcp-response", "filter", "fullconn", "source", "dispatch", "email-alert" ->
          remarks.lost(line.place(), told + ": Trunkline has nothing like it");
      case "no", "description", "disabled", "enabled", "id", "guid", "backlog" ->
          remarks.replaced(line.place(), told + ": was left out");
      case "log",
          "log-format",
          "log-format-sd",
          "log-tag",
          "error-log-format",
          "unique-id-format" ->
          remarks.replaced(line.place(), told + LOG);
      case "http-request",
          "http-response",
          "http-after-response",
          "http-error",
          "http-reuse",
          "redirect",
          "cookie",
          "capture",
          "compression",
          "errorfile",
          "errorloc",
          "monitor",
          "monitor-uri",
          "hash-type" ->
          remarks.lost(line.place(), told + HTTP);
      default -> remarks.lost(line.place(), told + ": is not known to this import");
    }
  }

  private static void option(HaproxyLine line, Remarks remarks) {
    String option = line.word(1);
    String told = "option " + Text.shown(option);
    switch (option) {
      case "httpchk",
          "tcp-check",
          "pgsql-check",
          "mysql-check",
          "redis-check",
          "smtpchk",
          "ldap-check",
          "ssl-hello-chk",
          "spop-check",
          "external-check" -> {}
      case "tcplog", "httplog", "dontlognull", "dontlog-normal", "log-health-checks", "logasap" ->
          remarks.replaced(line.place(), told + LOG);
      case "tcpka", "clitcpka", "srvtcpka" ->
          remarks.replaced(line.place(), told + ": keepalive is on for both sides; see tcp");
      case "redispatch", "allbackups", "persist", "prefer-last-server" ->
          remarks.replaced(
              line.place(), told + ": a member that refuses is replaced by the next at once");
      case "transparent", "splice-auto", "nolinger", "socket-stats" ->
          remarks.lost(line.place(), told + ": Trunkline has nothing like it");
      default -> remarks.replaced(line.place(), told + HTTP);
    }
  }

  private static void timeout(HaproxyLine line, Remarks remarks) {
    String which = line.word(1);
    String told = "timeout " + Text.shown(which);
    switch (which) {
      case "connect" -> {}
      case "client", "server", "tunnel" ->
          remarks.changed(
              line.place(),
              told
                  + " "
                  + Text.shown(line.word(2))
                  + ": sessions no longer end because they are idle; PostgreSQL's"
                  + " idle_session_timeout can do that");
      case "queue" ->
          remarks.changed(
              line.place(),
              told + ": clients past a limit are told so at once (53300), they do not wait");
      case "check" ->
          remarks.replaced(line.place(), told + ": clusters[].patroni.timeout, 2s unless set");
      case "client-fin", "server-fin" ->
          remarks.replaced(line.place(), told + ": dead peers are found by tcp.user_timeout");
      default -> remarks.replaced(line.place(), told + HTTP);
    }
  }

  private static void tcpRequest(HaproxyLine line, Remarks remarks) {
    switch (line.word(1)) {
      case "connection", "content" -> {}
      case "inspect-delay" ->
          remarks.replaced(
              line.place(), "tcp-request inspect-delay: startup_timeout bounds a client's opening");
      default ->
          remarks.lost(
              line.place(),
              "tcp-request "
                  + Text.shown(line.word(1))
                  + ": what is in a session is not judged; who may connect, allow, deny and rules"
                  + " say");
    }
  }
}
