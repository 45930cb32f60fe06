package io.trunkline.config;

import java.net.InetAddress;

/**
 * A network: an address and how many of its leading bits count.
 *
 * @param address any address of the network
 * @param prefix 0 to 32 (IPv4) or 128 (IPv6)
 */
public record Cidr(InetAddress address, int prefix) {
  public Cidr {
    int bits = address.getAddress().length * 8;
    if (prefix < 0 || prefix > bits) {
      throw new IllegalArgumentException("prefix " + prefix + " is not between 0 and " + bits);
    }
  }

  /**
   * {@code 10.0.0.0/8}, or one address alone.
   *
   * @throws IllegalArgumentException saying what is wrong with the text
   */
  public static Cidr parse(String text) {
    try {
      return Addresses.cidr(text);
    } catch (NotUnderstood e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Whether that address is of this network. An IPv4 address is never of an IPv6 network. */
  public boolean contains(InetAddress candidate) {
    byte[] mine = address.getAddress();
    byte[] theirs = candidate.getAddress();
    if (mine.length != theirs.length) {
      return false;
    }
    int whole = prefix / 8;
    for (int i = 0; i < whole; i++) {
      if (mine[i] != theirs[i]) {
        return false;
      }
    }
    int rest = prefix % 8;
    return rest == 0 || (mine[whole] ^ theirs[whole]) >> (8 - rest) == 0;
  }

  @Override
  public String toString() {
    return address.getHostAddress() + "/" + prefix;
  }
}
