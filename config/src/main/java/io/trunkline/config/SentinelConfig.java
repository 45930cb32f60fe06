package io.trunkline.config;

/**
 * Credentials for the connection that watches whether a member is writable.
 *
 * @param user a PostgreSQL role that may log in; needs no privileges
 * @param password its password
 * @param database default {@code postgres}
 */
public record SentinelConfig(String user, Secret password, String database) {}
