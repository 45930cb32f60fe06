package io.trunkline.config;

/**
 * The TLS of connections that this node opens to PostgreSQL.
 *
 * @param mode for a sentinel {@code prefer} by default, for a listener's members {@code disable}
 * @param files what it shows and what it believes
 */
public record PostgresTls(SslMode mode, TlsFiles files) {}
