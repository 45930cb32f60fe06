package io.trunkline.vip.claim;

import java.util.Optional;

/**
 * What is known of Patroni's leader.
 *
 * @param leader its name
 * @param claim whether this node may have the addresses that follow it
 */
public record LeaderSight(Optional<String> leader, Claim claim) {}
