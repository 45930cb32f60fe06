package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of the lines of haproxy.cfg, and of whole sections, that nothing is made of. */
final class HaproxyKeywords {
  private static final String LOG =
      ": Trunkline logs one event per line on standard error, which systemd keeps in the journal";
  private static final String HTTP = ": means nothing to PostgreSQL's protocol";
  private static final String NOTHING_LIKE_IT = ": Trunkline has nothing like it";
  private static final String UNKNOWN = ": is not known to this import";

  /** Of {@code global}: what the package and systemd do. */
  private static final Set<String> OF_THE_PROCESS =
      Set.of(
          "busy-polling",
          "chroot",
          "close-spread-time",
          "cpu-map",
          "cpu-policy",
          "cpu-set",
          "daemon",
          "default-path",
          "description",
          "expose-deprecated-directives",
          "expose-experimental-directives",
          "gid",
          "group",
          "insecure-fork-wanted",
          "insecure-setuid-wanted",
          "localpeer",
          "master-worker",
          "mworker-max-reloads",
          "nbproc",
          "nbthread",
          "no",
          "node",
          "numa-cpu-mapping",
          "pidfile",
          "quiet",
          "server-state-base",
          "server-state-file",
          "set-dumpable",
          "setcap",
          "spread-checks",
          "strict-limits",
          "thread-group",
          "thread-groups",
          "uid",
          "ulimit-n",
          "unix-bind",
          "user",
          "zero-warning");

  private HaproxyKeywords() {}

  static void tellLeft(HaproxySection section, Remarks remarks) {
    if (!section.isTaken()) {
      leaveOut(section, remarks);
      return;
    }
    section.head().tellLeft(remarks);
    for (Line line : section.lines()) {
      if (!line.isTaken(0)) {
        (section.kind().equals("global") ? global(line) : proxy(line))
            .ifPresent(
                note -> {
                  line.takeAll();
                  remarks.add(line.place(), note);
                });
      } else {
        HaproxyServerKeywords.tellLeft(line, remarks);
      }
      line.tellLeft(remarks);
    }
  }

  private static void leaveOut(HaproxySection section, Remarks remarks) {
    switch (section.kind()) {
      case "resolvers" ->
          remarks.replaced(
              section.place(),
              Text.shown(section.title())
                  + ": members' addresses are those that Patroni publishes");
      case "defaults" -> remarks.lost(section.place(), "defaults: no listener follows them");
      case "backend" -> remarks.lost(section.place(), "backend: no listener goes to it");
      case "frontend", "listen" -> section.leaveOut("its name is taken by one before it", remarks);
      default -> remarks.lost(section.place(), Text.shown(section.title()) + NOTHING_LIKE_IT);
    }
  }

  private static Optional<Note> global(Line line) {
    String word = line.word(0);
    String told = Text.shown(word);
    if (OF_THE_PROCESS.contains(word) || word.startsWith("tune.")) {
      return Optional.of(
          word.equals("tune.ssl.default-dh-param")
              ? tls(told)
              : Note.replaced(told + ": the package and its systemd unit see to it"));
    }
    if (word.startsWith("log")) {
      return Optional.of(Note.replaced(told + LOG));
    }
    if (word.startsWith("lua") || word.equals("external-check")) {
      return Optional.of(Note.lost(told + ": Trunkline runs no scripts"));
    }
    if (word.startsWith("ssl-") && !word.equals("ssl-server-verify")) {
      return Optional.of(tls(told));
    }
    if (word.startsWith("max") || word.startsWith("rate") || word.equals("fd-hard-limit")) {
      return Optional.of(Note.lost(told + ": see limits of each listener and memory_limit"));
    }
    return Optional.of(
        switch (word) {
          case "stats" ->
              Note.replaced(
                  "stats socket: the control socket is /run/trunkline/admin.sock (trunkline status,"
                      + " sessions, drain)");
          case "ca-base", "crt-base" -> Note.replaced(told + ": no path here is relative to it");
          case "ssl-server-verify" ->
              Note.replaced(told + ": no server's certificate depends on it");
          case "setenv", "presetenv" -> Note.replaced(told + ": no line inserts it");
          case "hard-stop-after", "grace" ->
              Note.replaced(told + ": see drain_timeout and upgrade_timeout");
          default -> Note.lost(told + UNKNOWN);
        });
  }

  private static Note tls(String told) {
    return Note.replaced(told + ": TLS 1.2 is the least, with the Java runtime's ciphers");
  }

  private static Optional<Note> proxy(Line line) {
    String word = line.word(0);
    String told = Text.shown(word);
    return Optional.ofNullable(
        switch (word) {
          case "acl",
              "bind",
              "default-server",
              "default_backend",
              "maxconn",
              "mode",
              "rate-limit",
              "server",
              "server-template",
              "use_backend" ->
              null;
          // Headers may be secrets.
          case "http-check" -> Note.noEffect("http-check " + Text.shown(line.word(1)));
          case "option" -> option(line.word(1));
          case "timeout" -> timeout(line);
          case "tcp-request" -> tcpRequest(line.word(1));
          case "balance" ->
              Note.replaced(
                  "balance: counts only where sessions are spread over the members of a route");
          case "retries" ->
              Note.replaced("retries: a member that refuses is replaced by the next at once");
          case "stats" -> Note.replaced("stats: see admin");
          case "tcp-check", "external-check" ->
              Note.lost(
                  told + ": members are judged by etcd, Patroni and PostgreSQL; see sentinel");
          case "stick-table", "stick" -> Note.lost(told + ": sessions do not stick to a member");
          case "tcp-response",
              "filter",
              "fullconn",
              "source",
              "dispatch",
              "email-alert",
              "use-server" ->
              Note.lost(told + NOTHING_LIKE_IT);
          case "no", "description", "disabled", "enabled", "id", "guid", "backlog" ->
              Note.replaced(told + ": was left out");
          case "log",
              "log-format",
              "log-format-sd",
              "log-tag",
              "error-log-format",
              "unique-id-format" ->
              Note.replaced(told + LOG);
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
              "errorfiles",
              "errorloc",
              "errorloc302",
              "errorloc303",
              "monitor",
              "monitor-uri",
              "hash-type" ->
              Note.lost(told + HTTP);
          default -> Note.lost(told + UNKNOWN);
        });
  }

  private static Note option(String option) {
    String told = "option " + Text.shown(option);
    if (HaproxyCheck.isCheck(option)) {
      return Note.noEffect(told);
    }
    if (option.startsWith("http") || option.startsWith("accept-") || option.startsWith("h1-")) {
      return Note.replaced(told + (option.endsWith("log") ? LOG : HTTP));
    }
    return switch (option) {
      case "tcplog",
          "dontlognull",
          "dontlog-normal",
          "log-health-checks",
          "log-separate-errors",
          "logasap" ->
          Note.replaced(told + LOG);
      case "tcpka", "clitcpka", "srvtcpka" ->
          Note.replaced(told + ": keepalive is on for both sides; see tcp");
      case "redispatch", "allbackups", "persist", "prefer-last-server" ->
          Note.replaced(told + ": a member that refuses is replaced by the next at once");
      case "transparent", "nolinger", "socket-stats" -> Note.lost(told + NOTHING_LIKE_IT);
      case "abortonclose",
          "contstats",
          "independent-streams",
          "splice-auto",
          "splice-request",
          "splice-response",
          "tcp-smart-accept",
          "tcp-smart-connect" ->
          Note.replaced(told + ": is not needed");
      case "checkcache",
          "disable-h2-upgrade",
          "forceclose",
          "forwarded",
          "forwardfor",
          "idle-close-on-response",
          "originalto" ->
          Note.replaced(told + HTTP);
      default -> Note.lost(told + UNKNOWN);
    };
  }

  private static @Nullable Note timeout(Line line) {
    String which = line.word(1);
    String told = "timeout " + Text.shown(which);
    return switch (which) {
      case "connect" -> null;
      case "client", "server", "tunnel" ->
          Note.changed(
              told
                  + " "
                  + Text.shown(line.word(2))
                  + ": sessions no longer end because they are idle; PostgreSQL's"
                  + " idle_session_timeout can do that");
      case "queue" ->
          Note.changed(
              told + ": clients past a limit are told so at once (53300), they do not wait");
      case "check" -> Note.replaced(told + ": clusters[].patroni.timeout, 2s unless set");
      case "client-fin", "server-fin" ->
          Note.replaced(told + ": dead peers are found by tcp.user_timeout");
      case "client-hs" -> Note.replaced(told + ": startup_timeout bounds a client's opening");
      case "http-keep-alive", "http-request", "tarpit" -> Note.replaced(told + HTTP);
      default -> Note.lost(told + UNKNOWN);
    };
  }

  private static Note tcpRequest(String which) {
    String told = "tcp-request " + Text.shown(which);
    return switch (which) {
      case "connection", "content" ->
          Note.lost(
              told
                  + ": is not carried over, so clients it refused may connect; use allow, deny or"
                  + " rules");
      case "inspect-delay" -> Note.replaced(told + ": startup_timeout bounds a client's opening");
      default ->
          Note.lost(
              told
                  + ": what is in a session is not judged; who may connect, allow, deny and rules"
                  + " say");
    };
  }
}
