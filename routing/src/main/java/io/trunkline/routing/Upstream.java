package io.trunkline.routing;

import io.trunkline.config.HostPort;

/**
 * Whom a standby streams from, by its {@code pg_stat_wal_receiver}.
 *
 * @param sender where the server that sends the WAL listens
 * @param timeline the timeline of the WAL that was received last
 */
public record Upstream(HostPort sender, long timeline) {}
