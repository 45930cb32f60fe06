package io.trunkline.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Certificates and private keys in PEM files (RFC 7468), in each form that OpenSSL writes: keys may
 * be PKCS#8, PKCS#1 ({@code RSA PRIVATE KEY}) or SEC1 ({@code EC PRIVATE KEY}), and a file may hold
 * both.
 */
final class Pem {
  private static final int LARGEST = 4 << 20;
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----");
  private static final List<String> KEY_ALGORITHMS = List.of("RSA", "EC", "EdDSA");

  private Pem() {}

  /** All certificates of the file in their order; at least one. */
  static List<X509Certificate> certificates(Path file) throws PemException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file)) {
      if (block.label.equals("CERTIFICATE") || block.label.equals("TRUSTED CERTIFICATE")) {
        certificates.add(certificate(file, block));
      }
    }
    if (certificates.isEmpty()) {
      throw new PemException(file + " holds no certificate (-----BEGIN CERTIFICATE-----)");
    }
    return certificates;
  }

  /** The first private key of the file. */
  static Optional<PrivateKey> privateKey(Path file) throws PemException {
    for (Block block : blocks(file)) {
      if (block.label.equals("ENCRYPTED PRIVATE KEY")
          || (block.label.endsWith("PRIVATE KEY") && block.body.contains("ENCRYPTED"))) {
        throw new PemException(
            file + " is encrypted with a passphrase; decrypt it with openssl pkey");
      }
      if (block.label.endsWith("PRIVATE KEY")) {
        return Optional.of(key(file, block));
      }
    }
    return Optional.empty();
  }

  private static PrivateKey key(Path file, Block block) throws PemException {
    try {
      byte[] der = block.der(file);
      byte[] pkcs8 =
          switch (block.label) {
            case "RSA PRIVATE KEY" -> Pkcs8.fromPkcs1(der);
            case "EC PRIVATE KEY" -> Pkcs8.fromSec1(der);
            default -> der;
          };
      for (String algorithm : KEY_ALGORITHMS) {
        try {
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
          // Not of this algorithm.
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Said below.
    }
    throw new PemException(
        file
            + " holds a private key that is damaged, or not RSA, EC with a named curve, or"
            + " Ed25519");
  }

  private static X509Certificate certificate(Path file, Block block) throws PemException {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(block.der(file)));
    } catch (CertificateException e) {
      throw new PemException(file + " holds a damaged certificate");
    }
  }

  private static List<Block> blocks(Path file) throws PemException {
    String text = read(file);
    List<Block> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int at = 0;
    while (begin.find(at)) {
      at = text.indexOf("-----END " + begin.group(1) + "-----", begin.end());
      if (at < 0) {
        throw new PemException(file + " is cut off: a " + begin.group(1) + " block has no end");
      }
      blocks.add(new Block(begin.group(1), text.substring(begin.end(), at)));
    }
    if (blocks.isEmpty()) {
      throw new PemException(
          file + (text.isBlank() ? " is empty" : " is not a PEM file (-----BEGIN …-----)"));
    }
    return blocks;
  }

  private static String read(Path file) throws PemException {
    if (Files.isDirectory(file)) {
      throw new PemException(file + " is a directory; name a PEM file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new PemException(file + " is too large for a PEM file");
      }
      return new String(bytes, StandardCharsets.ISO_8859_1);
    } catch (IOException | SecurityException e) {
      throw new PemException(file + " " + Unreadable.because(e));
    }
  }

  private record Block(String label, String body) {

    byte[] der(Path file) throws PemException {
      try {
        return Base64.getMimeDecoder().decode(body);
      } catch (IllegalArgumentException e) {
        throw new PemException(file + " holds a damaged " + label + " block");
      }
    }

    @Override
    public String toString() {
      return label;
    }
  }
}
