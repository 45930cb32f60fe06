package io.trunkline.importer.haproxy;

import static io.trunkline.importer.common.KeywordNotes.changed;
import static io.trunkline.importer.common.KeywordNotes.lost;
import static io.trunkline.importer.common.KeywordNotes.replaced;

import io.trunkline.importer.common.KeywordNotes;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.haproxy.HaproxyOptions.Option;
import java.util.Optional;
import java.util.Set;

/**
 * What becomes of what nothing is made of in haproxy.cfg: whole sections, lines, and options of
 * servers and binds.
 */
final class HaproxyKeywords {
  private static final String LOG =
      "%s: Trunkline logs one event per line on standard error, which systemd keeps in the journal";
  private static final String HTTP = "%s: means nothing to PostgreSQL's protocol";
  private static final String CIPHERS = "%s: TLS 1.2 is the least, with the Java runtime's ciphers";
  private static final String NEXT = "%s: a member that refuses is replaced by the next at once";
  private static final String OPENING = "%s: startup_timeout bounds a client's opening";
  private static final String SPREAD =
      "%s: counts only where sessions are spread over the members of a route";
  private static final String PUBLISHED = "%s: members' addresses are those that Patroni publishes";
  private static final String NOT_NEEDED = "%s: is not needed";
  private static final String NOTHING_LIKE_IT = "%s: Trunkline has nothing like it";

  private static final KeywordNotes GLOBAL =
      KeywordNotes.of(
          replaced(
              """
              busy-polling chroot close-spread-time cpu-map cpu-policy cpu-set daemon default-path
              description expose-deprecated-directives expose-experimental-directives gid group
              insecure-fork-wanted insecure-setuid-wanted localpeer master-worker
              mworker-max-reloads nbproc nbthread no node numa-cpu-mapping pidfile quiet
              server-state-base server-state-file set-dumpable setcap spread-checks strict-limits
              thread-group thread-groups tune.* uid ulimit-n unix-bind user zero-warning
              """,
              "%s: the package and its systemd unit see to it"),
          replaced("log*", LOG),
          lost("lua* external-check", "%s: Trunkline runs no scripts"),
          replaced("ssl-* tune.ssl.default-dh-param", CIPHERS),
          lost("max* rate* fd-hard-limit", "%s: see limits of each listener and memory_limit"),
          replaced(
              "stats",
              "stats socket: the control socket is /run/trunkline/admin.sock (trunkline status,"
                  + " sessions, drain)"),
          replaced("ca-base crt-base", "%s: no path here is relative to it"),
          replaced("ssl-server-verify", "%s: no server's certificate depends on it"),
          replaced("setenv presetenv", "%s: no line inserts it"),
          replaced("hard-stop-after grace", "%s: see drain_timeout and upgrade_timeout"));

  /** Lines of proxies that are made something of, word by word. */
  private static final Set<String> READ =
      Text.words(
          """
          acl bind default-server default_backend maxconn mode rate-limit server server-template
          use_backend
          """);

  private static final KeywordNotes PROXY =
      KeywordNotes.of(
          replaced("balance", SPREAD),
          replaced("retries", NEXT),
          replaced("stats", "stats: see admin"),
          lost(
              "tcp-check external-check",
              "%s: members are judged by etcd, Patroni and PostgreSQL; see sentinel"),
          lost("stick-table stick", "%s: sessions do not stick to a member"),
          lost(
              "tcp-response filter fullconn source dispatch email-alert use-server",
              NOTHING_LIKE_IT),
          replaced("no description disabled enabled id guid backlog", "%s: was left out"),
          replaced("log log-format log-format-sd log-tag error-log-format unique-id-format", LOG),
          lost(
              """
              http-request http-response http-after-response http-error http-reuse redirect cookie
              capture compression errorfile errorfiles errorloc errorloc302 errorloc303 monitor
              monitor-uri hash-type
              """,
              HTTP));

  private static final KeywordNotes OPTION =
      KeywordNotes.of(
          replaced(
              """
              httplog httpslog tcplog dontlognull dontlog-normal log-health-checks
              log-separate-errors logasap
              """,
              LOG),
          replaced("tcpka clitcpka srvtcpka", "%s: keepalive is on for both sides; see tcp"),
          replaced("redispatch allbackups persist prefer-last-server", NEXT),
          lost("transparent nolinger socket-stats", NOTHING_LIKE_IT),
          replaced(
              """
              abortonclose contstats independent-streams splice-auto splice-request splice-response
              tcp-smart-accept tcp-smart-connect
              """,
              NOT_NEEDED),
          replaced(
              """
              http* accept-* h1-* checkcache disable-h2-upgrade forceclose forwarded forwardfor
              idle-close-on-response originalto
              """,
              HTTP));

  private static final KeywordNotes TIMEOUT =
      KeywordNotes.of(
          changed(
              "queue", "%s: clients past a limit are told so at once (53300), they do not wait"),
          replaced("check", "%s: clusters[].patroni.timeout, 2s unless set"),
          replaced("client-fin server-fin", "%s: dead peers are found by tcp.user_timeout"),
          replaced("client-hs", OPENING),
          replaced("http-keep-alive http-request tarpit", HTTP));

  private static final KeywordNotes BIND =
      KeywordNotes.of(
          replaced(
              """
              alpn ciphers ciphersuites curves ecdhe npn prefer-client-ciphers sigalgs ssl-min-ver
              ssl-max-ver strict-sni tls-ticket-keys
              """,
              CIPHERS),
          replaced(
              "backlog defer-accept id name nice process shards tcp-ut tfo thread", NOT_NEEDED));

  private static final KeywordNotes SERVER =
      KeywordNotes.of(
          lost(
              "agent-check agent-addr agent-inter agent-port agent-send",
              "agent-check: agents are not asked; Patroni's tags can keep sessions away"),
          replaced("weight slowstart", SPREAD),
          replaced(
              "inter fastinter downinter rise fall observe error-limit on-error",
              "inter, rise, fall and the like: etcd is watched, and Patroni asked every second"
                  + " (clusters[].patroni.interval) and at once when something changes"),
          replaced(
              "on-marked-down on-marked-up",
              "%s: a superseded primary loses its sessions at once; a replica that only lags keeps"
                  + " those it has"),
          lost("minconn maxqueue", "%s: nobody waits in a queue"),
          changed(
              "disabled",
              "disabled: the member is used where its role fits; Patroni's tags can prevent it"),
          replaced("enabled id", NOT_NEEDED),
          replaced("init-addr resolvers resolve-prefer resolve-net resolve-opts", PUBLISHED),
          replaced("tcp-ut", "tcp-ut: see tcp.user_timeout, 2m unless set"),
          lost(
              "send-proxy send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn",
              "%s: members are not told clients' addresses by a PROXY header, which PostgreSQL does"
                  + " not take; see application_name_add_host"),
          lost("cookie redir proto ws", HTTP),
          lost(
              "source usesrc interface namespace socks4",
              "%s: the kernel chooses the address that members see"),
          replaced("alpn ciphers ciphersuites ssl-min-ver ssl-max-ver sigalgs curves", CIPHERS));

  private HaproxyKeywords() {}

  static void tellLeft(HaproxySection section, Remarks remarks) {
    if (!section.isTaken()) {
      leaveOut(section, remarks);
      return;
    }
    section.head().tellLeft(remarks);
    for (Line line : section.lines()) {
      if (!line.isTaken(0)) {
        (section.kind().equals("global") ? known(GLOBAL, line.word(0), "") : proxy(line))
            .ifPresent(
                note -> {
                  line.takeAll();
                  remarks.add(line.place(), note);
                });
      } else {
        tellOptions(line, remarks);
      }
      line.tellLeft(remarks);
    }
  }

  private static void leaveOut(HaproxySection section, Remarks remarks) {
    String title = Text.shown(section.title());
    switch (section.kind()) {
      case "resolvers" -> remarks.replaced(section.place(), PUBLISHED.replace("%s", title));
      case "defaults" -> remarks.lost(section.place(), "defaults: no listener follows them");
      case "backend" -> remarks.lost(section.place(), "backend: no listener goes to it");
      case "frontend", "listen" -> section.leaveOut("its name is taken by one before it", remarks);
      default -> remarks.lost(section.place(), NOTHING_LIKE_IT.replace("%s", title));
    }
  }

  /**
   * @param before the keyword in the message
   */
  private static Optional<Note> known(KeywordNotes notes, String keyword, String before) {
    String told = before + Text.shown(keyword);
    return notes
        .of(keyword, told)
        .or(() -> Optional.of(Note.lost(told + ": is not known to this import")));
  }

  private static Optional<Note> proxy(Line line) {
    String word = line.word(0);
    String second = line.word(1);
    return switch (word) {
      // Headers may be secrets.
      case "http-check" -> Optional.of(Note.noEffect("http-check " + Text.shown(second)));
      case "option" ->
          HaproxyCheck.isCheck(second)
              ? Optional.of(Note.noEffect("option " + Text.shown(second)))
              : known(OPTION, second, "option ");
      case "timeout" -> timeout(second, line.word(2));
      case "tcp-request" -> Optional.of(tcpRequest(second));
      default -> READ.contains(word) ? Optional.empty() : known(PROXY, word, "");
    };
  }

  private static Optional<Note> timeout(String which, String value) {
    return switch (which) {
      case "connect" -> Optional.empty();
      case "client", "server", "tunnel" ->
          Optional.of(
              Note.changed(
                  "timeout "
                      + which
                      + " "
                      + Text.shown(value)
                      + ": sessions no longer end because they are idle; PostgreSQL's"
                      + " idle_session_timeout can do that"));
      default -> known(TIMEOUT, which, "timeout ");
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
      case "inspect-delay" -> Note.replaced(OPENING.replace("%s", told));
      default ->
          Note.lost(
              told
                  + ": what is in a session is not judged; who may connect, allow, deny and rules"
                  + " say");
    };
  }

  /** Tells the options of which more is known than that they had no effect. */
  private static void tellOptions(Line line, Remarks remarks) {
    int from =
        switch (line.word(0)) {
          case "default-server" -> 1;
          case "bind" -> 2;
          case "server" -> 3;
          case "server-template" -> 4;
          default -> line.words().size();
        };
    for (Option option : HaproxyOptions.of(line, from)) {
      if (!line.isTaken(option.at())) {
        String told = Text.shown(option.name());
        (line.begins("bind")
                ? BIND.of(option.name(), "bind " + told)
                : SERVER.of(option.name(), told))
            .ifPresent(
                note -> {
                  option.take();
                  remarks.add(line.place(), note);
                });
      }
    }
  }
}
