package io.trunkline.vip.linux;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses from bytes. */
final class Addresses {
  private Addresses() {}

  /** The address with those 4 or 16 bytes. */
  static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
