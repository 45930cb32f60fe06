package io.trunkline.vip.vrrp;

import java.nio.ByteBuffer;

/** The Internet checksum (RFC 1071). Sums are kept unfolded in a long. */
public final class Checksum {
  private Checksum() {}

  /** The sum of the 16-bit words from {@code from} to {@code to}. */
  public static long sum(ByteBuffer bytes, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at + 1 < to; at += 2) {
      sum += bytes.getShort(at) & 0xffff;
    }
    return at < to ? sum + ((bytes.get(at) & 0xff) << 8) : sum;
  }

  /** The sum of the 16-bit words of an address. */
  public static long sum(byte[] bytes) {
    long sum = 0;
    for (int i = 0; i < bytes.length; i += 2) {
      sum += (bytes[i] & 0xff) << 8 | (bytes[i + 1] & 0xff);
    }
    return sum;
  }

  /** The pseudo-header of IPv4 and IPv6: both sum alike (RFC 9568 section 5.2.8, RFC 8200 8.1). */
  public static long pseudoHeader(byte[] source, byte[] destination, int protocol, int length) {
    return sum(source) + sum(destination) + protocol + length;
  }

  /** Folded and complemented: the field in the packet; 0 if the sum included a right one. */
  public static int fold(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xffff) + (folded >>> 16);
    }
    return (int) ~folded & 0xffff;
  }
}
