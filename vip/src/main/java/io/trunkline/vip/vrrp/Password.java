package io.trunkline.vip.vrrp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The simple text password of version 2 (RFC 2338 section 5.3.6, dropped by RFC 3768 and kept by
 * keepalived as auth_type PASS): its first eight bytes, padded with zeros, in every packet. It
 * keeps two groups apart that share a router id by mistake; it is no security.
 */
public final class Password {
  static final int LENGTH = 8;

  /** No authentication. */
  public static final Password NONE = new Password(new byte[0]);

  private final byte[] bytes;
  private final boolean present;

  private Password(byte[] bytes) {
    this.present = bytes.length > 0;
    this.bytes = Arrays.copyOf(bytes, LENGTH);
  }

  /** The password that keepalived makes of that auth_pass. */
  public static Password of(String text) {
    return text.isEmpty() ? NONE : new Password(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Authentication type 1 (simple text password) or 0 (none). */
  int type() {
    return present ? 1 : 0;
  }

  byte at(int index) {
    return bytes[index];
  }

  @Override
  public String toString() {
    return present ? "********" : "none";
  }
}
