package io.trunkline.vip.vrrp;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses from bytes. */
public final class InetAddresses {
  private InetAddresses() {}

  /** The address with those 4 or 16 bytes. */
  public static InetAddress of(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
