package io.trunkline.vip.vrrp;

import java.nio.ByteBuffer;

/**
 * A received VRRP message and what its IP header said. One is made for each socket and filled again
 * for each packet, so that receiving allocates nothing.
 */
public final class Datagram {
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
