package io.trunkline.packaging.imports;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a backend finds out which servers are up.
 *
 * @param place the line that says so; of the backend when none does
 * @param uri what Patroni is asked; empty when nothing is asked by HTTP
 * @param kind the option's name; empty without one
 * @param inverted a server is up when Patroni says no
 * @param expectsStatus whether the status code decides
 */
record HaproxyCheck(
    Place place, String kind, Optional<String> uri, boolean inverted, boolean expectsStatus) {
  private static final Set<String> KINDS =
      Set.of(
          "httpchk",
          "tcp-check",
          "pgsql-check",
          "mysql-check",
          "redis-check",
          "smtpchk",
          "ldap-check",
          "ssl-hello-chk",
          "external-check");

  static HaproxyCheck of(HaproxyProxy backend) {
    HaproxyLine kind =
        backend.effective().reversed().stream()
            .filter(line -> line.begins("option") && KINDS.contains(line.word(1)))
            .findFirst()
            .orElse(new HaproxyLine(backend.section().place(), List.of("option", "")));
    if (!kind.word(1).equals("httpchk")) {
      return new HaproxyCheck(kind.place(), kind.word(1), Optional.empty(), false, true);
    }
    // One argument is the URI; with two the first is the method.
    String uri = kind.words().size() == 3 ? kind.word(2) : kind.word(3);
    Place place = kind.place();
    Optional<HaproxyLine> sent =
        backend.last("http-check", "send").filter(it -> !sent(it).isEmpty());
    if (sent.isPresent()) {
      uri = sent(sent.get());
      place = sent.get().place();
    }
    List<String> expected =
        backend.last("http-check", "expect").map(it -> it.from(2)).orElse(List.of());
    boolean negated = expected.contains("!");
    int status = expected.indexOf("status");
    boolean success =
        status < 0 || expected.get(Math.min(status + 1, expected.size() - 1)).startsWith("2");
    return new HaproxyCheck(
        place,
        "httpchk",
        Optional.of(uri).filter(it -> !it.isEmpty()),
        negated == success,
        expected.isEmpty() || status >= 0);
  }

  /** What {@code http-check send} asks. */
  private static String sent(HaproxyLine line) {
    int uri = line.words().indexOf("uri");
    return uri < 0 ? "" : line.word(uri + 1);
  }
}
