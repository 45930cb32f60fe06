package io.trunkline.packaging.imports;

import io.trunkline.config.Cidr;

/** Addresses as text; the name service is never asked. */
final class Addresses {
  private Addresses() {}

  /** Whether it is an IPv4 or IPv6 address, without a prefix length. */
  static boolean isLiteral(String text) {
    if (text.contains("/")) {
      return false;
    }
    try {
      Cidr.parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Whether it means the machine that the file is on. */
  static boolean isLocal(String hostPort) {
    String host = hostPort.replaceFirst(":\\d+$", "").replaceAll("[\\[\\]]", "");
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }
}
