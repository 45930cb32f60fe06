package io.trunkline.config;

import java.util.Optional;

/**
 * What a connection to PostgreSQL asks of TLS: libpq's sslmode (PostgreSQL's manual, "SSL
 * Support").
 */
public enum SslMode implements Labelled {
  DISABLE,
  /** Where the server has it. */
  PREFER,
  /** Whoever answers. */
  REQUIRE,
  /** Whoever has a certificate of a trusted authority. */
  VERIFY_CA,
  /** Whose certificate names the host as well. */
  VERIFY_FULL;

  /** Whether a server without TLS is left. */
  public boolean required() {
    return compareTo(REQUIRE) >= 0;
  }

  /** Whether the server's certificate is checked. */
  public boolean verifies() {
    return compareTo(VERIFY_CA) >= 0;
  }

  /** How the host name is checked, in the JDK's word (RFC 2818). */
  public Optional<String> endpointIdentification() {
    return this == VERIFY_FULL ? Optional.of("HTTPS") : Optional.empty();
  }
}
