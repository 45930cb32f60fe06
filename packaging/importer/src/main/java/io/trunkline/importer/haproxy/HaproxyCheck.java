package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.patroni.HttpCheck;
import io.trunkline.importer.patroni.HttpExpect;
import io.trunkline.importer.patroni.HttpExpect.Test;
import io.trunkline.importer.patroni.PatroniRequest;
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
    Optional<Line> condition =
        backend.effective().stream()
            .filter(line -> line.begins(HaproxySection.CONDITION))
            .findFirst();
    if (condition.isPresent()) {
      return plain(condition.get().place(), Kind.OPAQUE, HaproxySection.CONDITION);
    }
    List<Line> options =
        backend.effective().stream()
            .filter(line -> line.begins("option") && isCheck(line.word(1)))
            .toList();
    if (options.isEmpty()) {
      return plain(backend.section().place(), Kind.CONNECT, "check");
    }
    Line line = options.getLast();
    Kind kind = kind(line.word(1));
    if (kind == Kind.HTTP) {
      options.subList(0, options.size() - 1).forEach(Line::takeAll);
      return new Reader(backend, line, remarks).read();
    }
    options.forEach(Line::takeAll);
    return kind == Kind.OPAQUE && !line.word(1).equals("external-check")
        ? tcpCheck(backend, line)
        : plain(line.place(), kind, "option " + line.word(1));
  }

  /** Whether that option says how servers are checked. */
  static boolean isCheck(String option) {
    return kind(option) != Kind.CONNECT;
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
  private static HaproxyCheck tcpCheck(HaproxyProxy backend, Line option) {
    List<String> texts =
        backend.effective().stream()
            .filter(line -> line.begins("tcp-check") && line.words().size() > 2)
            .filter(line -> Set.of("send", "expect").contains(line.word(1)))
            .filter(line -> !line.words().contains("binary"))
            .flatMap(line -> line.from(2).stream())
            .toList();
    boolean other = texts.stream().anyMatch(text -> OTHER_PROTOCOL.matcher(text).lookingAt());
    boolean rules = backend.has("tcp-check");
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
    private final Line option;
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

    Reader(HaproxyProxy backend, Line option, Remarks remarks) {
      this.backend = backend;
      this.option = option;
      this.remarks = remarks;
      this.place = option.place();
    }

    HaproxyCheck read() {
      List<Line> lines = lines();
      if (!lines.contains(option)) {
        option();
      }
      for (Line line : lines) {
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
    private List<Line> lines() {
      List<Line> own = backend.section().lines();
      if (own.stream().noneMatch(it -> it.equals(option) || isRule(it))) {
        return backend.effective();
      }
      backend.effective().stream()
          .filter(it -> isRule(it) && !own.contains(it))
          .forEach(Line::takeAll);
      return own;
    }

    private static boolean isRule(Line line) {
      return line.begins("http-check")
          && !Set.of("disable-on-404", "send-state").contains(line.word(1));
    }

    /**
     * One argument is the URI; with two the first is the method. The version is left; what follows
     * it is a part of it, and may be a secret.
     */
    private void option() {
      option.takeFirst(4);
      if (option.words().size() == 3) {
        uri = option.word(2);
      } else if (option.words().size() > 3) {
        method = option.word(2).toUpperCase(Locale.ROOT);
        uri = option.word(3);
        for (int at = 5; at < option.words().size(); at++) {
          option.take(at);
        }
      }
    }

    /** Words of which nothing is made are left, but for comments. */
    private void rule(Line line) {
      var words = new Words(line, 2);
      switch (line.word(1)) {
        case "connect" -> connect(line, words);
        case "send" -> send(line, words);
        case "expect" -> expected.add(expect(line, words));
        case "comment" -> line.takeAll();
        case "send-state" -> told(line, "Patroni does not read it");
        case "disable-on-404" -> told(line, "Patroni's checks never answer 404");
        default -> {
          if (!line.word(1).matches("(un)?set-var.*")) {
            expected.add(HttpExpect.UNKNOWN);
          }
        }
      }
    }

    private void told(Line line, String message) {
      line.takeFirst(2);
      remarks.replaced(line.place(), "http-check " + line.word(1) + ": " + message);
    }

    private void connect(Line line, Words words) {
      if (!expected.isEmpty() || sent) {
        finish();
      }
      line.takeFirst(2);
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "port" -> port = Optional.of(words.value());
          case "addr" -> address = Optional.of(words.value());
          case "ssl" -> {
            tls = true;
            words.take();
          }
          case "default" -> words.take();
          case "comment" -> words.value();
          case "linger", "send-proxy", "via-socks4" -> {}
          case "sni", "alpn", "proto" -> words.next();
          default -> {
            expected.add(HttpExpect.UNKNOWN);
            return;
          }
        }
      }
    }

    private void send(Line line, Words words) {
      if (sent) {
        finish();
      }
      sent = true;
      line.takeFirst(2);
      while (words.hasNext()) {
        String word = words.next();
        switch (word) {
          case "meth" -> method = words.value().toUpperCase(Locale.ROOT);
          case "uri", "uri-lf" -> {
            uri = words.value();
            place = line.place();
          }
          case "comment" -> words.value();
          case "ver" -> words.next();
          case "body", "body-lf" -> secret(words);
          case "hdr" -> {
            words.next();
            secret(words);
          }
          default -> {
            expected.add(HttpExpect.UNKNOWN);
            while (words.hasNext()) {
              secret(words);
            }
          }
        }
      }
    }

    /** The next word is not told, as it may be one. */
    private static void secret(Words words) {
      words.next();
      words.take();
    }

    private static HttpExpect expect(Line line, Words words) {
      HttpExpect found = HttpExpect.UNKNOWN;
      boolean negated = false;
      boolean usual = true;
      line.takeFirst(2);
      while (words.hasNext()) {
        String word = words.next();
        if (word.startsWith("!")) {
          negated = true;
          words.take();
          word = word.substring(1);
        }
        switch (word) {
          case "" -> {}
          case "status" -> found = new HttpExpect(Test.STATUS, negated, words.value());
          case "rstatus" -> found = new HttpExpect(Test.STATUS_REGEX, negated, words.value());
          case "string" -> found = new HttpExpect(Test.BODY, negated, words.value());
          case "rstring" -> found = new HttpExpect(Test.BODY_REGEX, negated, words.value());
          case "ok-status", "error-status" -> usual &= !words.value().equals("L7OKC");
          case "comment" -> words.value();
          case "min-recv", "on-success", "on-error", "tout-status", "status-code" -> words.next();
          default -> {
            return HttpExpect.UNKNOWN;
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

  /** Goes through the words of a line. */
  private static final class Words {
    private final Line line;
    private int at;

    /** From that word on. */
    Words(Line line, int from) {
      this.line = line;
      this.at = from;
    }

    boolean hasNext() {
      return at < line.words().size();
    }

    /** The next word; an empty one at the end. */
    String next() {
      return line.word(at++);
    }

    /** The word that came last is taken. */
    void take() {
      line.take(at - 1);
    }

    /** The next word, taken together with the one before. */
    String value() {
      take();
      return line.take(at++);
    }
  }
}
