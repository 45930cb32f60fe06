package io.trunkline.packaging.imports;

import java.util.List;
import java.util.Optional;

/**
 * What {@code global} says about all proxies.
 *
 * @param maxconn of the whole process
 * @param caBase where relative {@code ca-file} paths begin
 * @param crtBase where relative {@code crt} paths begin
 * @param verifiesServers whether servers' certificates are checked unless a server says otherwise
 */
record HaproxyGlobal(
    Optional<HaproxyLine> maxconn, String caBase, String crtBase, boolean verifiesServers) {
  static HaproxyGlobal of(List<HaproxySection> sections) {
    List<HaproxyLine> lines =
        sections.stream()
            .filter(section -> section.kind().equals("global"))
            .flatMap(section -> section.lines().stream())
            .toList();
    return new HaproxyGlobal(
        last(lines, "maxconn"),
        last(lines, "ca-base").map(line -> line.word(1)).orElse(""),
        last(lines, "crt-base").map(line -> line.word(1)).orElse(""),
        last(lines, "ssl-server-verify").filter(line -> line.word(1).equals("none")).isEmpty());
  }

  private static Optional<HaproxyLine> last(List<HaproxyLine> lines, String word) {
    return lines.reversed().stream().filter(line -> line.begins(word)).findFirst();
  }

  String ca(String path) {
    return under(caBase, path);
  }

  String crt(String path) {
    return under(crtBase, path);
  }

  private static String under(String base, String path) {
    return base.isEmpty() || path.startsWith("/") ? path : base + "/" + path;
  }
}
