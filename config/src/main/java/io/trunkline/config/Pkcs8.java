package io.trunkline.config;

import java.util.Arrays;
import java.util.HexFormat;

/** Wraps the older private key forms in PKCS#8 (RFC 5958), the only one that the JDK reads. */
final class Pkcs8 {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int PARAMETERS = 0xa0;
  private static final byte[] VERSION = HexFormat.of().parseHex("020100");

  /** rsaEncryption and its NULL parameters. */
  private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");

  /** id-ecPublicKey; the curve follows. */
  private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

  private Pkcs8() {}

  /** RSAPrivateKey of RFC 8017. */
  static byte[] fromPkcs1(byte[] key) {
    return tlv(SEQUENCE, concat(VERSION, tlv(SEQUENCE, RSA), tlv(OCTETS, key)));
  }

  /** ECPrivateKey of RFC 5915, whose curve must be named in it. */
  static byte[] fromSec1(byte[] key) {
    byte[] curve = curve(key);
    return tlv(SEQUENCE, concat(VERSION, tlv(SEQUENCE, concat(EC, curve)), tlv(OCTETS, key)));
  }

  private static byte[] curve(byte[] key) {
    int at = body(key, 0);
    while (at < key.length) {
      int end = body(key, at) + length(key, at);
      if ((key[at] & 0xff) == PARAMETERS && end <= key.length) {
        return Arrays.copyOfRange(key, body(key, at), end);
      }
      at = end;
    }
    throw new IllegalArgumentException("no curve");
  }

  /** Where the contents of the element at that place begin. */
  private static int body(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
      if (length > der.length) {
        throw new IllegalArgumentException("longer than the file");
      }
    }
    return length;
  }

  /** DER wants the shortest form of the length. */
  private static byte[] tlv(int tag, byte[] body) {
    int n = body.length;
    byte[] head;
    if (n < 0x80) {
      head = new byte[] {(byte) tag, (byte) n};
    } else if (n < 0x100) {
      head = new byte[] {(byte) tag, (byte) 0x81, (byte) n};
    } else if (n < 0x10000) {
      head = new byte[] {(byte) tag, (byte) 0x82, (byte) (n >> 8), (byte) n};
    } else {
      throw new IllegalArgumentException("longer than any key");
    }
    return concat(head, body);
  }

  private static byte[] concat(byte[]... parts) {
    byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
