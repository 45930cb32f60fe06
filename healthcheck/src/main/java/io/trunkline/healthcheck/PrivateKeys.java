package io.trunkline.healthcheck;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Private keys in PEM, in any of the three forms that OpenSSL and cfssl write: PKCS#8 (RFC 5958),
 * RSA's own (RFC 8017, A.1.2) and EC's own (RFC 5915). The JDK reads the first only; the others are
 * wrapped into it.
 */
final class PrivateKeys {
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----([^-]*)-----END", Pattern.DOTALL);
  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};
  private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
  private static final byte[] EC_OID = HexFormat.of().parseHex("06072a8648ce3d0201");

  private PrivateKeys() {}

  static PrivateKey read(Path file) throws IOException, GeneralSecurityException {
    Matcher pem = PEM.matcher(Files.readString(file));
    if (!pem.find()) {
      throw new GeneralSecurityException("no private key in " + file);
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(pem.group(2));
    } catch (IllegalArgumentException e) {
      throw new GeneralSecurityException("no private key in " + file, e);
    }
    return switch (pem.group(1)) {
      case "PRIVATE KEY" -> decode(der, file);
      case "RSA PRIVATE KEY" -> decode(wrap(RSA, der), file);
      case "EC PRIVATE KEY" -> decode(wrap(tagged(0x30, EC_OID, curve(der, file)), der), file);
      default -> throw new GeneralSecurityException("the key in " + file + " has a passphrase");
    };
  }

  private static PrivateKey decode(byte[] pkcs8, Path file) throws GeneralSecurityException {
    for (String algorithm : new String[] {"RSA", "EC", "EdDSA"}) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        // not of this kind
      }
    }
    throw new GeneralSecurityException("the key in " + file + " is of no known kind");
  }

  private static byte[] wrap(byte[] algorithm, byte[] key) {
    return tagged(0x30, VERSION_0, algorithm, tagged(0x04, key));
  }

  /** The curve's identifier: the object identifier inside the EC key's [0] field. */
  private static byte[] curve(byte[] der, Path file) throws GeneralSecurityException {
    for (int at = 0; at + 3 < der.length; at++) {
      int length = der[at + 1];
      boolean parameters = (der[at] & 0xff) == 0xa0 && length > 2 && at + 2 + length <= der.length;
      if (parameters && der[at + 2] == 0x06 && der[at + 3] == length - 2) {
        byte[] oid = new byte[length];
        System.arraycopy(der, at + 2, oid, 0, length);
        return oid;
      }
    }
    throw new GeneralSecurityException("the key in " + file + " names no curve");
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(tag);
    int length = content.size();
    if (length < 0x80) {
      whole.write(length);
    } else if (length < 0x100) {
      whole.write(0x81);
      whole.write(length);
    } else {
      whole.write(0x82);
      whole.write(length >> 8);
      whole.write(length);
    }
    whole.writeBytes(content.toByteArray());
    return whole.toByteArray();
  }
}
