package io.trunkline.routing;

import io.trunkline.config.HostPort;

/**
 * A member that sessions may go to.
 *
 * @param member its name
 * @param postgres where its PostgreSQL listens, also for sessions that reach it through a pooler
 */
public record Target(String member, HostPort postgres) {}
