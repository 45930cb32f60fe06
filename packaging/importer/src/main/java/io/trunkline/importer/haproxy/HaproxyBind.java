package io.trunkline.importer.haproxy;

import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One address of a {@code bind} line.
 *
 * @param host as Trunkline writes it, IPv6 without brackets
 * @param port a number or <code>${NAME}</code>
 */
public record HaproxyBind(Place place, String host, String port, HaproxyOptions options) {
  /** Of a range; a listener each. */
  private static final int MOST_PORTS = 16;

  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:ipv([46])@|tcp([46])?@)?(\\[[^\\]]*\\]|[^@/]*):(\\d{1,5}|\\$\\{\\w+\\})(?:-(\\d{1,5}))?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_.:%${}-]+");

  /** {@code host:port}, as in the file that is written. */
  public String written() {
    return at(host);
  }

  public String at(String other) {
    return (other.contains(":") && !other.startsWith("$") ? "[" + other + "]" : other) + ":" + port;
  }

  static List<HaproxyBind> of(Line line, Remarks remarks) {
    List<HaproxyBind> binds = new ArrayList<>();
    var options = new HaproxyOptions().add(HaproxyOptions.of(line, 2));
    for (String address : Text.commaSeparated(line.takeFirst(1).take(1))) {
      Matcher parts = ADDRESS.matcher(address);
      Optional<String> host = parts.matches() ? host(parts) : Optional.empty();
      if (host.isEmpty()) {
        remarks.lost(line.place(), "bind %s: is not an address and a TCP port", address);
        continue;
      }
      int more = more(parts);
      if (more > 0) {
        remarks.lost(
            line.place(),
            "bind "
                + Text.shown(address)
                + ": a range of ports; "
                + (more < MOST_PORTS
                    ? "each became a listener of its own"
                    : "only the first " + MOST_PORTS + " became listeners"));
      }
      for (int i = 0; i <= Math.min(more, MOST_PORTS - 1); i++) {
        String port =
            more > 0 ? String.valueOf(Integer.parseInt(parts.group(4)) + i) : parts.group(4);
        binds.add(new HaproxyBind(line.place(), host.get(), port, options));
      }
    }
    if (binds.isEmpty()) {
      line.takeAll();
    }
    return binds;
  }

  /** {@code *} and nothing are every IPv4 address. */
  private static Optional<String> host(Matcher parts) {
    String host = parts.group(3).replaceAll("[\\[\\]]", "");
    boolean ipv6 = "6".equals(parts.group(1)) || "6".equals(parts.group(2));
    if (host.isEmpty() || host.equals("*")) {
      return Optional.of(ipv6 ? "::" : "0.0.0.0");
    }
    return Optional.of(host).filter(it -> HOST.matcher(it).matches());
  }

  private static int more(Matcher parts) {
    if (parts.group(5) == null || !Text.isNumber(parts.group(4))) {
      return 0;
    }
    return Math.max(0, Integer.parseInt(parts.group(5)) - Integer.parseInt(parts.group(4)));
  }
}
