package io.trunkline.healthcheck.patroni;

import io.trunkline.config.HostPort;
import io.trunkline.healthcheck.common.Hosts;
import io.trunkline.healthcheck.common.JunkException;

/**
 * The part of a URL that says where to connect: its first host, if it names several. {@link
 * java.net.URI} is of no use here: it knows no host in {@code http://pg_node_1:8008}.
 */
public final class Urls {
  private Urls() {}

  public static HostPort address(String url, int defaultPort) throws JunkException {
    int start = url.indexOf("://");
    if (start < 0) {
      throw new JunkException("no URL: " + clip(url));
    }
    String authority = url.substring(start + 3).split("[/?#]", 2)[0];
    authority = authority.substring(authority.lastIndexOf('@') + 1).split(",", 2)[0];
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon >= 0 && authority.indexOf(']', colon) < 0 && !bare(authority, colon);
    String host = hasPort ? authority.substring(0, colon) : authority;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!Hosts.possible(host)) {
      throw new JunkException("no host in " + clip(url));
    }
    String port = hasPort ? authority.substring(colon + 1) : "";
    return new HostPort(host, port.isEmpty() ? defaultPort : port(port, url));
  }

  /** Whether all of it is an IPv6 address: the brackets are forgotten, and there is no port. */
  private static boolean bare(String authority, int lastColon) {
    String host = authority.substring(0, lastColon);
    long colons = host.chars().filter(c -> c == ':').count();
    return !host.endsWith("]") && colons > 0 && colons < 7 && !host.contains("::");
  }

  private static int port(String text, String url) throws JunkException {
    if (text.matches("[0-9]{1,5}")) {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 65_535) {
        return port;
      }
    }
    throw new JunkException("no port in " + clip(url));
  }

  /**
   * Enough of a text to recognise it; anything after an @ stays, what is before may be a secret.
   */
  private static String clip(String text) {
    String shown = text.substring(text.lastIndexOf('@') + 1);
    return shown.length() > 80 ? shown.substring(0, 80) + "…" : shown;
  }
}
