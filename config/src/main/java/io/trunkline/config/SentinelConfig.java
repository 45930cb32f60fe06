package io.trunkline.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The connection that watches whether a member is writable.
 *
 * @param user a PostgreSQL role that may log in; needs no privileges
 * @param password its password
 * @param database default {@code postgres}
 * @param tls default prefer
 * @param requireAuth which ways of authentication a server may ask for, in the words of libpq's
 *     require_auth; empty: none and scram-sha-256, and the others only where TLS verifies the
 *     server
 */
public record SentinelConfig(
    String user, Secret password, String database, Tls tls, Set<Auth> requireAuth) {
  public SentinelConfig {
    requireAuth = Set.copyOf(requireAuth);
  }

  /** Whether a server may ask for that. */
  public boolean answers(Auth method) {
    if (!requireAuth.isEmpty()) {
      return requireAuth.contains(method);
    }
    return switch (method) {
      case NONE, SCRAM_SHA_256 -> true;
      case PASSWORD, MD5 -> tls.mode() == Mode.VERIFY_CA || tls.mode() == Mode.VERIFY_FULL;
    };
  }

  /** A way of authentication. */
  public enum Auth {
    /** The server lets the role in without a question ({@code trust}, {@code cert}). */
    NONE,
    /** The password itself, in clear text. */
    PASSWORD,
    MD5,
    SCRAM_SHA_256
  }

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
