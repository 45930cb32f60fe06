package io.trunkline.vip.vrrp;

import java.nio.ByteBuffer;

/**
 * A received VRRP message and what its IP header said. One is made for each socket and filled again
 * for each packet, so that receiving allocates nothing.
 */
public final class Datagram {
  private static final int IPV4_HEADER = 20;

  private final ByteBuffer message;
  private final byte[] source;
  private final byte[] destination;
  private int hopLimit;

  /** A holder for messages in that buffer; position and limit are set for each. */
  public Datagram(ByteBuffer message, boolean ipv6) {
    this.message = message;
    this.source = new byte[ipv6 ? 16 : 4];
    this.destination = new byte[ipv6 ? 16 : 4];
  }

  /**
   * Takes over a packet of that size as a raw socket of IPv4 receives it, with its header (RFC 791
   * section 3.1), from index 0 of the buffer on.
   *
   * @return false: it is too short for the header that it names
   */
  public boolean readIpv4(int size) {
    message.clear();
    if (size < IPV4_HEADER) {
      return false;
    }
    int header = (message.get(0) & 0x0f) * 4;
    if (header < IPV4_HEADER || header > size) {
      return false;
    }
    message.limit(size).position(header);
    message.get(12, source);
    message.get(16, destination);
    hopLimit = message.get(8) & 0xff;
    return true;
  }

  /** The message, without its IP header, from position to limit. */
  public ByteBuffer message() {
    return message;
  }

  /** The sender's address: fill it. */
  public byte[] source() {
    return source;
  }

  /** The address it was sent to: fill it. */
  public byte[] destination() {
    return destination;
  }

  /** TTL or hop limit. */
  public int hopLimit() {
    return hopLimit;
  }

  public void hopLimit(int value) {
    hopLimit = value;
  }
}
