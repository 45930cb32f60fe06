package io.trunkline.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The TLS opened to the backend when the client's is terminated, in the words of libpq's sslmode.
 *
 * @param mode default disable
 * @param cacert the authorities that may have signed backends' certificates
 * @param cert a client certificate chain, PEM; only together with {@code key}
 * @param key the client's private key, PEM
 */
public record BackendTlsConfig(
    Mode mode, Optional<Path> cacert, Optional<Path> cert, Optional<Path> key) {

  /** libpq's sslmode. */
  public enum Mode {
    DISABLE,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL
  }
}
