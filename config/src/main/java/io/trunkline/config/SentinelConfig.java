package io.trunkline.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The connection that watches whether a member is writable.
 *
 * @param user a PostgreSQL role that may log in; needs no privileges
 * @param password its password
 * @param database default {@code postgres}
 * @param tls default prefer
 */
public record SentinelConfig(String user, Secret password, String database, Tls tls) {

  /**
   * The TLS of the connection, in the words of libpq's sslmode.
   *
   * @param mode default prefer
   * @param cacert the authorities that may have signed members' certificates; default: the system's
   * @param cert a client certificate chain, PEM; only together with {@code key}
   * @param key the client's private key, PEM
   */
  public record Tls(Mode mode, Optional<Path> cacert, Optional<Path> cert, Optional<Path> key) {}

  /** libpq's sslmode. */
  public enum Mode {
    DISABLE,
    /** Where the member has TLS. */
    PREFER,
    REQUIRE,
    VERIFY_CA,
    VERIFY_FULL
  }
}
