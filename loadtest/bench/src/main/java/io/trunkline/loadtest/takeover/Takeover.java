package io.trunkline.loadtest.takeover;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What was seen of one blow; milliseconds.
 *
 * @param sessionGap the longest time between two new sessions that were answered; after a partition
 *     counted from the moment it healed
 * @param pingGap the same for pings
 * @param twoOwners how long two nodes answered ARP for the address, or announced it; after a
 *     partition since it healed
 * @param gone when the address was gone from the node that lost it
 * @param learnt when the clients' ARP entry named the winner (partitions only)
 * @param heldEnded when the last of the sessions through the loser was ended, as the client sees it
 * @param heldLeft how many of them were not
 * @param failed attempts that failed, by cause
 */
record Takeover(
    String stack,
    Blow blow,
    double sessionGap,
    double pingGap,
    double twoOwners,
    OptionalLong gone,
    OptionalLong learnt,
    OptionalLong heldEnded,
    long heldLeft,
    Map<String, Long> failed) {}
