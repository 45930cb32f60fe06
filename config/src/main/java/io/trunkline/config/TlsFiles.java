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
import java.util.stream.Stream;

/**
 * The PEM files (RFC 7468) of one kind of connections: what this node shows and what it believes.
 *
 * @param cacert the authorities that may have signed the peer's certificate; default: the system's
 * @param cert the certificate chain, this node's own first
 * @param key its private key; default: in {@code cert}, as in Patroni
 */
public record TlsFiles(Optional<Path> cacert, Optional<Path> cert, Optional<Path> key) {
  /** This node shows nothing, and believes the system's authorities. */
  public static final TlsFiles NONE =
      new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

  private static final DateTimeFormatter WHEN =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);
  private static final byte[] CHALLENGE = "trunkline".getBytes(StandardCharsets.UTF_8);

  List<Path> paths() {
    return Stream.of(cacert, cert, key).flatMap(Optional::stream).toList();
  }

  /**
   * Reads them all. Blocks.
   *
   * @param now when the certificates must be valid
   * @throws PemException naming the file that cannot serve, and why
   */
  public TlsMaterial read(Instant now) throws PemException {
    List<X509Certificate> trust = trust(now);
    List<X509Certificate> chain = chain(now);
    return new TlsMaterial(trust, chain, key(chain), validities(trust, chain));
  }

  private List<Validity> validities(List<X509Certificate> trust, List<X509Certificate> chain) {
    return Stream.concat(
            cacert.map(file -> Validity.ofAuthorities(file, trust)).stream(),
            cert.map(file -> Validity.ofChain(file, chain)).stream())
        .toList();
  }

  /** Of the authorities one at least must still be valid. */
  List<X509Certificate> trust(Instant now) throws PemException {
    if (cacert.isEmpty()) {
      return List.of();
    }
    Path file = cacert.get();
    List<X509Certificate> found = Pem.certificates(file);
    checkEnd(file, Validity.ofAuthorities(file, found).until(), now);
    return found;
  }

  List<X509Certificate> chain(Instant now) throws PemException {
    if (cert.isEmpty()) {
      return List.of();
    }
    Path file = cert.get();
    List<X509Certificate> found = Pem.certificates(file);
    checkEnd(file, found.getFirst().getNotAfter().toInstant(), now);
    Instant from = found.getFirst().getNotBefore().toInstant();
    if (from.isAfter(now)) {
      throw new PemException(
          file + " is not valid before " + WHEN.format(from) + "; check the clock");
    }
    return found;
  }

  private static void checkEnd(Path file, Instant until, Instant now) throws PemException {
    if (until.isBefore(now)) {
      throw new PemException(file + " expired on " + WHEN.format(until) + "; renew it");
    }
  }

  /**
   * @param chain whose first certificate the key must belong to; empty where that is not known
   */
  Optional<PrivateKey> key(List<X509Certificate> chain) throws PemException {
    if (cert.isEmpty()) {
      return Optional.empty();
    }
    Path file = key.or(() -> cert).get();
    PrivateKey found =
        Pem.privateKey(file)
            .orElseThrow(
                () ->
                    new PemException(
                        file
                            + " holds no private key "
                            + (key.isPresent()
                                ? "(-----BEGIN PRIVATE KEY-----)"
                                : "besides the certificate; write key: PATH")));
    if (!chain.isEmpty() && !belongTogether(chain.getFirst().getPublicKey(), found)) {
      throw new PemException(
          file + " does not belong to the certificate; use the key it was issued for");
    }
    return Optional.of(found);
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
