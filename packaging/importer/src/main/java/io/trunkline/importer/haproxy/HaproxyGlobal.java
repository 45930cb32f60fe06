package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import java.util.List;
import java.util.Optional;

/**
 * What {@code global} says about all proxies.
 *
 * @param maxconn of the whole process
 * @param caBase where relative {@code ca-file} paths begin
 * @param crtBase where relative {@code crt} paths begin
 * @param serverVerify {@code ssl-server-verify}
 */
record HaproxyGlobal(
    Optional<Line> maxconn,
    Optional<Line> caBase,
    Optional<Line> crtBase,
    Optional<Line> serverVerify) {
  static HaproxyGlobal of(List<HaproxySection> sections) {
    List<HaproxySection> all =
        sections.stream().filter(section -> section.kind().equals("global")).toList();
    all.forEach(HaproxySection::take);
    List<Line> lines = all.stream().flatMap(section -> section.lines().stream()).toList();
    return new HaproxyGlobal(
        Line.last(lines, "maxconn"),
        Line.last(lines, "ca-base"),
        Line.last(lines, "crt-base"),
        Line.last(lines, "ssl-server-verify"));
  }

  String ca(String path) {
    return under(caBase, path);
  }

  String crt(String path) {
    return under(crtBase, path);
  }

  private static String under(Optional<Line> base, String path) {
    return base.isEmpty() || path.startsWith("/")
        ? path
        : base.get().takeFirst(1).take(1) + "/" + path;
  }

  /** Whether servers' certificates are checked unless a server says otherwise. */
  boolean verifiesServers() {
    return serverVerify.map(line -> line.takeFirst(1).take(1)).filter("none"::equals).isEmpty();
  }
}
