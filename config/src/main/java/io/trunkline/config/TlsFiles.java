package io.trunkline.config;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/** Reads the keys that name certificates and private keys, and checks that the files can serve. */
final class TlsFiles {
  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
  private static final byte[] CHALLENGE = "trunkline".getBytes(StandardCharsets.UTF_8);

  private TlsFiles() {}

  /** A certificate chain and its key: both or neither. */
  record Identity(Optional<Path> cert, Optional<Path> key) {
    static final Identity NONE = new Identity(Optional.empty(), Optional.empty());
  }

  /** A file of certificate authorities, of which one at least must still be valid. */
  static Optional<Path> authorities(MappingReader in, String key) {
    Optional<Path> file = in.file(key);
    Instant now = in.context().machine().now();
    file.flatMap(path -> certificates(in, key, path))
        .filter(found -> found.stream().allMatch(ca -> ca.getNotAfter().toInstant().isBefore(now)))
        .ifPresent(
            found ->
                in.problem(
                    key,
                    "%s expired on %s; renew it"
                        .formatted(
                            file.orElseThrow(),
                            WHEN.format(found.getFirst().getNotAfter().toInstant()))));
    return file;
  }

  /** The keys {@code cert} and {@code key}; as in Patroni the first file may hold both. */
  static Identity identity(MappingReader in) {
    Optional<Path> cert = in.file("cert");
    Optional<X509Certificate> leaf =
        cert.flatMap(path -> certificates(in, "cert", path)).map(List::getFirst);
    leaf.ifPresent(found -> checkDates(in, cert.orElseThrow(), found));
    if (!in.has("cert")) {
      in.refuse("key", "needs the certificate that it belongs to; write cert: PATH");
    }
    Optional<Path> key = in.has("key") ? in.file("key") : leaf.flatMap(found -> cert);
    Optional<PrivateKey> secret = key.flatMap(path -> privateKey(in, path));
    if (leaf.isPresent() && secret.isPresent()) {
      checkPair(in, key.orElseThrow(), leaf.get(), secret.get());
    }
    return new Identity(cert, key);
  }

  private static Optional<List<X509Certificate>> certificates(
      MappingReader in, String key, Path file) {
    try {
      return Optional.of(Pem.certificates(file));
    } catch (PemException e) {
      in.problem(key, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static Optional<PrivateKey> privateKey(MappingReader in, Path file) {
    try {
      if (in.has("key")) {
        return Optional.of(Pem.privateKey(file));
      }
      Optional<PrivateKey> found = Pem.findPrivateKey(file);
      if (found.isEmpty()) {
        in.problem("cert", file + " holds no private key besides the certificate; write key: PATH");
      }
      return found;
    } catch (PemException e) {
      in.problem(in.has("key") ? "key" : "cert", String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static void checkDates(MappingReader in, Path file, X509Certificate certificate) {
    Instant now = in.context().machine().now();
    Instant from = certificate.getNotBefore().toInstant();
    Instant until = certificate.getNotAfter().toInstant();
    if (until.isBefore(now)) {
      in.problem("cert", file + " expired on " + WHEN.format(until) + "; renew it");
    } else if (from.isAfter(now)) {
      in.problem("cert", file + " is not valid before " + WHEN.format(from) + "; check the clock");
    }
  }

  private static void checkPair(
      MappingReader in, Path file, X509Certificate certificate, PrivateKey key) {
    if (!belongTogether(certificate.getPublicKey(), key)) {
      in.problem(
          in.has("key") ? "key" : "cert",
          file + " does not belong to the certificate; use the key it was issued for");
    }
  }

  private static boolean belongTogether(PublicKey certified, PrivateKey key) {
    try {
      Signature signature =
          Signature.getInstance(
              switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> key.getAlgorithm();
              });
      signature.initSign(key);
      signature.update(CHALLENGE);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(CHALLENGE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
