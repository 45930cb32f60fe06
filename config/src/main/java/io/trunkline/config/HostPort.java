package io.trunkline.config;

import java.net.InetSocketAddress;

/**
 * A host name or address and a TCP port.
 *
 * @param host a name, an IPv4 address, or an IPv6 address without brackets; never blank
 * @param port 1 to 65535, or 0 where the operating system may choose (tests)
 */
public record HostPort(String host, int port) {
  public HostPort {
    if (host.isBlank()) {
      throw new IllegalArgumentException("host is blank");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is not between 0 and 65535");
    }
  }

  /** The socket address; resolves the name, so never call this on an event loop with a name. */
  public InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
