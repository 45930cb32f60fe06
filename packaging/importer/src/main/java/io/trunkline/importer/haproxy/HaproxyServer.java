package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.patroni.PatroniRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code server} line with what {@code default-server} adds.
 *
 * @param host a name or an address; IPv6 without brackets
 * @param port of the service; empty: the one that the client connected to
 * @param rest where its check asks Patroni, host and port; empty where none is known to
 */
public record HaproxyServer(
    Place place,
    String name,
    String host,
    Optional<String> port,
    HaproxyOptions options,
    Optional<String> rest) {
  private static final Pattern ADDRESS =
      Pattern.compile("(?:ipv[46]@|tcp[46]?@)?(\\[[^\\]]*\\]|.*?)(?::(\\d{1,5}|\\$\\{\\w+\\}))?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%${}-]+");

  /** Those of a backend, in order. Lines of default-server count from where they stand. */
  static List<HaproxyServer> of(HaproxyProxy backend, Remarks remarks) {
    var defaults = new HaproxyOptions();
    List<HaproxyServer> servers = new ArrayList<>();
    for (Line line : backend.effective()) {
      switch (line.word(0)) {
        case "default-server" -> defaults.add(HaproxyOptions.of(line.takeFirst(1), 1));
        case "server" -> server(line.takeFirst(3), 2, defaults, remarks).ifPresent(servers::add);
        case "server-template" -> {
          remarks.changed(
              line.place(),
              "server-template: the members are learnt from Patroni, however many there are");
          if (line.word(3).startsWith("_")) {
            remarks.missing(
                line.place(),
                "server-template %s: service records are not looked up; write the members'"
                    + " hosts and ports as patroni.hosts",
                line.word(3));
          }
          server(line.takeFirst(4), 3, defaults, remarks).ifPresent(servers::add);
        }
        default -> {}
      }
    }
    return servers;
  }

  /**
   * @param at the word that is its address; before its options
   */
  private static Optional<HaproxyServer> server(
      Line line, int at, HaproxyOptions defaults, Remarks remarks) {
    String name = line.word(1);
    var options = new HaproxyOptions().add(defaults).add(HaproxyOptions.of(line, at + 1));
    Matcher parts = ADDRESS.matcher(line.word(at));
    String host = parts.matches() ? parts.group(1).replaceAll("[\\[\\]]", "") : "";
    if (!HOST.matcher(host).matches()) {
      line.takeAll();
      remarks.lost(line.place(), "server %s: its address is not a host and a port", name);
      return Optional.empty();
    }
    return Optional.of(
        new HaproxyServer(
            line.place(),
            name,
            host,
            Optional.ofNullable(parts.group(2)),
            options,
            Optional.empty()));
  }

  boolean isChecked() {
    return options.has("check");
  }

  /** Where its check goes, unless that is the service itself. */
  Optional<String> asked(HaproxyCheck.Step step) {
    String checked = step.address().or(() -> options.value("addr")).orElse(host);
    Optional<String> at = step.port().or(() -> options.value("port"));
    boolean apart = !checked.equals(host) || !at.equals(port);
    return at.filter(it -> apart && it.matches("\\d{1,5}|\\$\\{\\w+\\}"))
        .map(it -> hostPort(HOST.matcher(checked).matches() ? checked : host, it));
  }

  /** With Patroni's default port. */
  public String likelyRest() {
    return hostPort(host, PatroniRequest.PORT);
  }

  /** Its service, as far as the line says it. */
  public String service() {
    return hostPort(host, port.orElse(""));
  }

  HaproxyServer withRest(Optional<String> known) {
    return new HaproxyServer(place, name, host, port, options, known);
  }

  private static String hostPort(String host, String port) {
    return (host.contains(":") && !host.startsWith("$") ? "[" + host + "]" : host) + ":" + port;
  }
}
