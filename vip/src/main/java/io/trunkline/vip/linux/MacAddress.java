package io.trunkline.vip.linux;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** An Ethernet address. */
public final class MacAddress {
  static final int LENGTH = 6;

  private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

  private final byte[] bytes;

  MacAddress(byte[] bytes) {
    this.bytes = bytes.clone();
  }

  /** Whether frames can be sent from it: the loopback and tunnels have none. */
  boolean ethernet() {
    return bytes.length == LENGTH;
  }

  void put(ByteBuffer out, int at) {
    out.put(at, bytes, 0, LENGTH);
  }

  boolean isAt(ByteBuffer in, int at) {
    for (int i = 0; i < bytes.length; i++) {
      if (in.get(at + i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MacAddress mac && Arrays.equals(mac.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return COLONS.formatHex(bytes);
  }
}
