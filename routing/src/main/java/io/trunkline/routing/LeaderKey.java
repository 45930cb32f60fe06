package io.trunkline.routing;

import java.time.Instant;

/**
 * Patroni's leader key.
 *
 * @param member whom it names
 * @param createRevision etcd's revision at which the key came to be
 * @param heldRevision etcd's revision of the change that gave the key to this member: later than
 *     {@code createRevision} when it was overwritten without a deletion, as Patroni 3.0 can
 * @param since when this process first saw this holding
 */
public record LeaderKey(String member, long createRevision, long heldRevision, Instant since) {}
