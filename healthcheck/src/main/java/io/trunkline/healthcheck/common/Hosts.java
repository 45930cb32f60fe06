package io.trunkline.healthcheck.common;

import java.util.regex.Pattern;

/** Names and addresses of hosts, as members tell them. */
public final class Hosts {
  /** Of a name in the DNS (RFC 1035 section 2.3.4), and more than any address has. */
  private static final int LONGEST = 255;

  private static final Pattern HOST =
      Pattern.compile("[0-9A-Za-z._:%-]*[0-9A-Za-z_][0-9A-Za-z._:%-]*");

  private Hosts() {}

  /** Whether that can be the name or the address of a host. */
  public static boolean possible(String host) {
    return host.length() <= LONGEST && HOST.matcher(host).matches();
  }
}
