package io.trunkline.config;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What {@link TlsFiles} hold: it fits together and can serve.
 *
 * @param trust the authorities to believe; empty: the system's
 * @param chain the certificates to show; empty: none
 * @param key that of the chain: RSA, EC or EdDSA
 * @param validities until when all of these are valid
 */
public record TlsMaterial(
    List<X509Certificate> trust,
    List<X509Certificate> chain,
    Optional<PrivateKey> key,
    List<Validity> validities) {
  public TlsMaterial {
    trust = List.copyOf(trust);
    chain = List.copyOf(chain);
    validities = List.copyOf(validities);
  }
}
