package io.trunkline.importer.common;

import io.trunkline.config.Cidr;

/** Addresses as text; the name service is never asked. */
public final class Addresses {
  private Addresses() {}

  /** Whether it is an IPv4 or IPv6 address, without a prefix length. */
  public static boolean isLiteral(String text) {
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
  public static boolean isLocal(String hostPort) {
    String host = hostPort.replaceFirst(":\\d+$", "").replaceAll("[\\[\\]]", "");
    return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
  }
}
