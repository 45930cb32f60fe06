package io.trunkline.config;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * Until when the certificates are valid that were read from a file. A chain is valid as long as all
 * of it is; authorities are as long as one of them is.
 *
 * @param file where they were read
 * @param authorities what they are for
 * @param until when they are not valid any more
 */
public record Validity(Path file, boolean authorities, Instant until) {

  /** Of a chain that this node presents. */
  static Validity ofChain(Path file, List<X509Certificate> chain) {
    return new Validity(
        file,
        false,
        chain.stream().map(Validity::end).min(Comparator.naturalOrder()).orElseThrow());
  }

  /** Of authorities that this node believes. */
  static Validity ofAuthorities(Path file, List<X509Certificate> authorities) {
    return new Validity(
        file,
        true,
        authorities.stream().map(Validity::end).max(Comparator.naturalOrder()).orElseThrow());
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }
}
