package io.trunkline.config;

import java.util.Set;

/**
 * The connection that watches whether a member is writable.
 *
 * @param requireAuth which ways of authentication a server may ask for, in the words of libpq's
 *     require_auth; empty: none and scram-sha-256, and the others only where TLS verifies the
 *     server
 */
public record SentinelConfig(
    String user, Secret password, String database, PostgresTls tls, Set<Auth> requireAuth) {
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
      case PASSWORD, MD5 -> tls.mode().verifies();
    };
  }

  /** A way of authentication. */
  public enum Auth implements Labelled {
    /** The server lets the role in without a question ({@code trust}, {@code cert}). */
    NONE,
    /** The password itself, in clear text. */
    PASSWORD,
    MD5,
    SCRAM_SHA_256;

    @Override
    public String label() {
      return Labelled.super.label().replace('_', '-');
    }
  }
}
