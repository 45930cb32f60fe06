package io.trunkline.healthcheck;

import io.trunkline.config.HostPort;

/**
 * The part of a URL that says where to connect. {@link java.net.URI} is of no use here: it knows no
 * host in {@code http://pg_node_1:8008}.
 */
final class Urls {
  private Urls() {}

  static HostPort address(String url, int defaultPort) throws JunkException {
    int start = url.indexOf("://");
    if (start < 0) {
      throw new JunkException("no URL: " + clip(url));
    }
    String authority = url.substring(start + 3).split("[/?#]", 2)[0];
    authority = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon >= 0 && authority.indexOf(']', colon) < 0;
    String host = hasPort ? authority.substring(0, colon) : authority;
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (!host.matches("[0-9A-Za-z._:%-]+")) {
      throw new JunkException("no host in " + clip(url));
    }
    return new HostPort(host, hasPort ? port(authority.substring(colon + 1), url) : defaultPort);
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
