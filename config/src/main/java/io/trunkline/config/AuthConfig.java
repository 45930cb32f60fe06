package io.trunkline.config;

/**
 * How the verifiers of roles are found, so that this node can log in for its clients (as
 * PgBouncer's {@code auth_user} and {@code auth_query}).
 *
 * @param query tells the verifier of the role whose name is its one parameter: a row with its name
 *     and {@code rolpassword}, or none
 * @param insecure whether verifiers may also travel where nobody has verified the member
 */
public record AuthConfig(
    String user, Secret password, String database, String query, boolean insecure) {}
