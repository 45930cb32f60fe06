package io.trunkline.packaging.imports;

import io.trunkline.packaging.imports.HttpExpect.Test;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How a backend finds out which servers are up (HAProxy Configuration Manual, "option httpchk" and
 * "http-check").
 *
 * @param place the line that says so; of the backend when none does
 * @param kind what is spoken to the servers
 * @param title as messages name it
 * @param steps requests one after the other; none unless HTTP is spoken
 */
record HaproxyCheck(Place place, Kind kind, String title, List<Step> steps) {
  private static final Set<String> CONNECT_ARGUMENTS = Set.of("sni", "alpn", "proto", "comment");
  private static final Set<String> SEND_ARGUMENTS = Set.of("ver", "body", "body-lf", "comment");
  private static final Set<String> EXPECT_ARGUMENTS =
      Set.of("min-recv", "comment", "on-success", "on-error", "tout-status", "status-code");

  /** How Redis, SSH, mail and ZooKeeper are spoken to, and answer. */
  private static final Pattern OTHER_PROTOCOL =
      Pattern.compile(
          "PING|AUTH |QUIT|(?i:info) |\\+PONG|\\+OK|role:|SSH-|EHLO|HELO|220 |ruok|imok");

  HaproxyCheck {
    steps = List.copyOf(steps);
  }

  /** What a check speaks. */
  enum Kind {
    /** It only connects. */
    CONNECT,
    HTTP,
    POSTGRESQL,
    /** Another protocol, so the servers are no PostgreSQL. */
    OTHER_PROTOCOL,
    /** Nobody can say what it asks. */
    OPAQUE
  }

  /**
   * A request and where it goes.
   *
   * @param port empty where the server's line says it
   * @param address empty where the server's line says it
   */
  record Step(
      Optional<String> port, Optional<String> address, boolean tls, HttpCheck.Exchange exchange) {}

  /** Without {@code option}, servers are only connected to. */
  static HaproxyCheck of(HaproxyProxy backend, Remarks remarks) {
    Optional<HaproxyLine> condition =
        backend.effective().stream()
            .filter(line -> line.begins(HaproxySections.CONDITION))
            .findFirst();
    if (condition.isPresent()) {
      return plain(condition.get().place(), Kind.OPAQUE, HaproxySections.CONDITION);
    }
    for (HaproxyLine line : backend.effective().reversed()) {
      Kind kind = line.begins("option") ? kind(line.word(1)) : Kind.CONNECT;
      if (kind == Kind.HTTP) {
        return new Reader(backend, line, remarks).read();
      }
      if (kind == Kind.OPAQUE && !line.word(1).equals("external-check")) {
        return tcpCheck(backend, line);
      }
      if (kind != Kind.CONNECT) {
        return plain(line.place(), kind, "option " + line.word(1));
      }
    }
    return plain(backend.section().place(), Kind.CONNECT, "check");
  }

  private static Kind kind(String option) {
    return switch (option) {
      case "httpchk" -> Kind.HTTP;
      case "pgsql-check" -> Kind.POSTGRESQL;
      case "mysql-check", "redis-check", "smtpchk", "ldap-check", "ssl-hello-chk", "spop-check" ->
          Kind.OTHER_PROTOCOL;
      case "tcp-check", "external-check" -> Kind.OPAQUE;
      default -> Kind.CONNECT;
    };
  }

  /** It may tell that a server is no PostgreSQL, but no role. */
  private static HaproxyCheck tcpCheck(HaproxyProxy backend, HaproxyLine option) {
    List<String> texts =
        backend.effective().stream()
            .filter(line -> line.begins("tcp-check") && line.words().size() > 2)
            .filter(line -> Set.of("send", "expect").contains(line.word(1)))
            .filter(line -> !line.words().contains("binary"))
            .flatMap(line -> line.from(2).stream())
            .toList();
    boolean other = texts.stream().anyMatch(text -> OTHER_PROTOCOL.matcher(text).lookingAt());
    boolean rules = backend.last("tcp-check").isPresent();
    return plain(
        option.place(),
        other ? Kind.OTHER_PROTOCOL : rules ? Kind.OPAQUE : Kind.CONNECT,
        "option tcp-check");
  }

  private static HaproxyCheck plain(Place place, Kind kind, String title) {
    return new HaproxyCheck(place, kind, title, List.of());
  }

  /** What is asked, and what the answers have to be like. */
  HttpCheck http() {
    return new HttpCheck(steps.stream().map(Step::exchange).toList());
  }

  /** The same with another path, as a server may name it. */
  HaproxyCheck asking(String uri) {
    return new HaproxyCheck(
        place,
        kind,
        title,
        steps.stream()
            .map(
                step ->
                    new Step(
                        step.port,
                        step.address,
                        step.tls,
                        new HttpCheck.Exchange(
                            new PatroniRequest(step.exchange.request().method(), uri),
                            step.exchange.expected())))
            .toList());
  }

  /**
   * Builds the steps of {@code http-check} lines, as HAProxy's {@code tcpcheck_add_http_rule} does.
   */
  private static final class Reader {
    private final HaproxyProxy backend;
    private final HaproxyLine option;
    private final Remarks remarks;
    private final List<Step> steps = new ArrayList<>();
    private Place place;
    private Optional<String> port = Optional.empty();
    private Optional<String> address = Optional.empty();
    private boolean tls;
    private String method = "OPTIONS";
    private String uri = "/";
    private boolean sent;
    private List<HttpExpect> expected = new ArrayList<>();

    Reader(HaproxyProxy backend, HaproxyLine option, Remarks remarks) {
      this.backend = backend;
      this.option = option;
      this.remarks = remarks;
      this.place = option.place();
    }

    HaproxyCheck read() {
      List<HaproxyLine> lines = lines();
      if (!lines.contains(option)) {
        option();
      }
      for (HaproxyLine line : lines) {
        if (line.equals(option)) {
          option();
        } else if (line.begins("http-check")) {
          rule(line);
        }
      }
      finish();
      return new HaproxyCheck(place, Kind.HTTP, "option httpchk", steps);
    }

    /** Rules of its own replace those of defaults. */
    private List<HaproxyLine> lines() {
      List<HaproxyLine> own = backend.section().lines();
      return own.stream().anyMatch(it -> it.equals(option) || isRule(it))
          ? own
          : backend.effective();
    }

    private static boolean isRule(HaproxyLine line) {
      return line.begins("http-check")
          && !Set.of("disable-on-404", "send-state").contains(line.word(1));
    }

    /** One argument is the URI; with two the first is the method. */
    private void option() {
      if (option.words().size() == 3) {
        uri = option.word(2);
      } else if (option.words().size() > 3) {
        method = option.word(2).toUpperCase(Locale.ROOT);
        uri = option.word(3);
      }
    }

    private void rule(HaproxyLine line) {
      var words = new HaproxyWords(line, 2);
      switch (line.word(1)) {
        case "connect" -> connect(words);
        case "send" -> send(line, words);
        case "expect" -> expected.add(expect(words));
        case "comment" -> words.rest();
        case "send-state" ->
            remarks.replaced(line.place(), "http-check send-state: Patroni does not read it");
        case "disable-on-404" ->
            remarks.replaced(
                line.place(), "http-check disable-on-404: Patroni's checks never answer 404");
        case "set-var", "set-var-fmt", "unset-var" -> words.rest();
        default -> {
          expected.add(HttpExpect.UNKNOWN);
          words.rest();
        }
      }
      words.tellRest(remarks);
    }

    private void connect(HaproxyWords words) {
      if (!expected.isEmpty() || sent) {
        finish();
      }
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "port" -> port = Optional.of(words.next());
          case "addr" -> address = Optional.of(words.next());
          case "ssl" -> tls = true;
          case "default", "linger", "send-proxy", "via-socks4" -> {}
          default -> {
            if (!CONNECT_ARGUMENTS.contains(word)) {
              words.back();
              expected.add(HttpExpect.UNKNOWN);
              return;
            }
            words.next();
          }
        }
      }
    }

    private void send(HaproxyLine line, HaproxyWords words) {
      if (sent) {
        finish();
      }
      sent = true;
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "meth" -> method = words.next().toUpperCase(Locale.ROOT);
          case "uri", "uri-lf" -> {
            uri = words.next();
            place = line.place();
          }
          case "hdr" -> {
            words.next();
            words.next();
          }
          default -> {
            if (!SEND_ARGUMENTS.contains(word)) {
              words.back();
              expected.add(HttpExpect.UNKNOWN);
              return;
            }
            words.next();
          }
        }
      }
    }

    private static HttpExpect expect(HaproxyWords words) {
      HttpExpect found = HttpExpect.UNKNOWN;
      boolean negated = false;
      boolean usual = true;
      while (words.hasNext()) {
        String word = words.next();
        if (word.startsWith("!")) {
          negated = true;
          word = word.substring(1);
        }
        switch (word) {
          case "" -> {}
          case "status" -> found = new HttpExpect(Test.STATUS, negated, words.next());
          case "rstatus" -> found = new HttpExpect(Test.STATUS_REGEX, negated, words.next());
          case "string" -> found = new HttpExpect(Test.BODY, negated, words.next());
          case "rstring" -> found = new HttpExpect(Test.BODY_REGEX, negated, words.next());
          case "ok-status", "error-status" -> usual &= !words.next().equals("L7OKC");
          default -> {
            if (!EXPECT_ARGUMENTS.contains(word)) {
              words.rest();
              return HttpExpect.UNKNOWN;
            }
            words.next();
          }
        }
      }
      return usual ? found : HttpExpect.UNKNOWN;
    }

    /** The step is complete; the last expectation may be left to HAProxy. */
    private void finish() {
      if (expected.isEmpty()) {
        expected.add(HttpExpect.SUCCESS);
      }
      steps.add(
          new Step(
              port,
              address,
              tls,
              new HttpCheck.Exchange(new PatroniRequest(method, uri), expected)));
      expected = new ArrayList<>();
      port = Optional.empty();
      address = Optional.empty();
      tls = false;
      method = "OPTIONS";
      uri = "/";
      sent = false;
    }
  }
}
