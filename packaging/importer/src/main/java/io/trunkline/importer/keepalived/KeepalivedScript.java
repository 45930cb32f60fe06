package io.trunkline.importer.keepalived;

import io.trunkline.config.RouteKind;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.patroni.HttpCheck;
import io.trunkline.importer.patroni.HttpExpect;
import io.trunkline.importer.patroni.HttpExpect.Test;
import io.trunkline.importer.patroni.PatroniRequest;
import io.trunkline.importer.patroni.PatroniRoute;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a {@code vrrp_script} asks, as far as its command says it.
 *
 * @param told its name and what it asks, for messages
 */
record KeepalivedScript(KeepalivedStatement statement, Subject subject, String told) {
  /** What takes the place of a check of the node itself, for messages. */
  static final String BID =
      ": a node bids for the VIP only while its listeners serve and a primary can be reached; if it"
          + " checked anything else, that is lost";

  /** A command that is longer is not looked at. */
  private static final int LONGEST = 1000;

  private static final Pattern URL =
      Pattern.compile(
          "(?:https?://)?[\\w.$@{}\\[\\]-]+:(\\d{1,5}|\\$\\{?\\w+\\}?)(/[^\\s\"'|;&)]*)?");
  private static final Pattern METHOD = Pattern.compile("\\s(?:-X\\s*|--request[ =])(\\w+)");
  private static final Pattern HEAD = Pattern.compile("\\s(?:-\\w*I\\w*|--head|--spider)(?:\\s|$)");
  private static final Pattern FAIL =
      Pattern.compile("wget\\s|\\s(?:-\\w*f\\w*|--fail\\S*)(?:\\s|$)");
  private static final Pattern GREP =
      Pattern.compile("\\s*\\|\\s*grep\\s+(?:-[a-uw-zA-Z]+\\s+)*[\"']?(.*?)[\"']?\\s*(?:>.*)?");
  private static final Pattern CODE = Pattern.compile("(?<!\\d)([1-5]\\d\\d)(?!\\d)");

  /** Words after a command that change nothing about its success. */
  private static final String HARMLESS =
      "\\s*(&>|[12]?>+)\\s*(&[12]|/dev/null)|\\s*\\|\\|\\s*exit\\s+[1-9]\\d*|['\"]\\s*$";

  private static final Pattern ROLE =
      Pattern.compile("psql|pg_|patroni|postgres|primary|master|leader|replica|standby|recovery");

  /** What a script is about. */
  enum Subject {
    /** Whether the node can serve. */
    NODE,
    /** Whether the member on the node is the leader. */
    LEADER,
    /** Whether it has another role. */
    OTHER_ROLE,
    /** A role or the node, nobody can say. */
    UNKNOWN
  }

  Place place() {
    return statement.place();
  }

  /** Something follows from what it asks. */
  void take() {
    statement.taken(2).last("script").ifPresent(KeepalivedStatement::takeAll);
  }

  static KeepalivedScript of(KeepalivedStatement statement) {
    String command =
        statement.last("script").map(it -> String.join(" ", it.line().from(1))).orElse("");
    if (command.length() > LONGEST) {
      return new KeepalivedScript(statement, Subject.UNKNOWN, name(statement));
    }
    Matcher url = URL.matcher(command);
    while (url.find()) {
      var request =
          new PatroniRequest(method(command), Optional.ofNullable(url.group(2)).orElse("/"));
      if (request.asksForRole() || url.group(1).equals(PatroniRequest.PORT)) {
        return new KeepalivedScript(
            statement,
            subject(request, command, command.substring(url.end())),
            name(statement) + ", which asks Patroni " + Text.shown(request.uri()));
      }
    }
    String lower = command.toLowerCase(Locale.ROOT);
    boolean role = !lower.contains("haproxy") && ROLE.matcher(lower).find();
    return new KeepalivedScript(statement, role ? Subject.UNKNOWN : Subject.NODE, name(statement));
  }

  private static String name(KeepalivedStatement statement) {
    return "vrrp_script " + Text.shown(statement.word(1));
  }

  private static String method(String command) {
    Matcher method = METHOD.matcher(command);
    if (method.find()) {
      return method.group(1).toUpperCase(Locale.ROOT);
    }
    return HEAD.matcher(command).find() ? "HEAD" : "GET";
  }

  private static Subject subject(PatroniRequest request, String command, String after) {
    String rest = after.replaceAll(HARMLESS, "");
    Matcher grep = GREP.matcher(rest);
    Optional<HttpExpect> expected = Optional.empty();
    if (grep.matches()) {
      expected = printed(command, request, grep.group(1));
    } else if (!rest.matches("(?s).*[|;&!].*")) {
      // Without --fail any answer is good.
      expected =
          Optional.of(
              FAIL.matcher(command).find()
                  ? HttpExpect.SUCCESS
                  : new HttpExpect(Test.STATUS, false, "100-599"));
    }
    Optional<RouteKind> route =
        expected
            .flatMap(expect -> PatroniRoute.of(HttpCheck.of(request, expect)))
            .map(PatroniRoute::route);
    return route
        .map(
            it ->
                switch (it) {
                  case PRIMARY, STANDBY_LEADER -> Subject.LEADER;
                  case ANY -> Subject.NODE;
                  case REPLICA, SYNC, ASYNC -> Subject.OTHER_ROLE;
                })
        .orElse(Subject.UNKNOWN);
  }

  /**
   * What grep looks for in what curl prints: the status, with or without what is around, or the
   * body.
   */
  private static Optional<HttpExpect> printed(
      String command, PatroniRequest request, String pattern) {
    if (!command.contains("http_code") && !request.method().equals("HEAD")) {
      return Optional.of(new HttpExpect(Test.BODY_REGEX, false, pattern));
    }
    return CODE.matcher(pattern)
        .results()
        .map(code -> new HttpExpect(Test.STATUS, false, code.group(1)))
        .findFirst();
  }
}
