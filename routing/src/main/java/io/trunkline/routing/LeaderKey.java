package io.trunkline.routing;

import java.time.Instant;

/**
 * Patroni's leader key.
 *
 * @param member whom it names
 * @param createRevision etcd's revision at which this holding of the key began
 * @param since when this process first saw this holding
 */
public record LeaderKey(String member, long createRevision, Instant since) {}
