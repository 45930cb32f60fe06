package io.trunkline.simulation.node;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.simulation.etcd.EtcdCluster;
import io.trunkline.simulation.invariant.HolderRules;
import io.trunkline.simulation.invariant.RoutingRules;
import io.trunkline.simulation.invariant.SessionRules;
import io.trunkline.simulation.invariant.Violations;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.postgres.Postgres;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.Scheduler;
import java.util.Map;

/**
 * What the nodes of one simulation share.
 *
 * @param members PostgreSQL by the address of its machine
 */
public record NodeWorld(
    long seed,
    TrunklineConfig config,
    Scheduler scheduler,
    Network network,
    EtcdCluster etcd,
    Map<String, Postgres> members,
    Violations violations,
    RoutingRules routing,
    SessionRules sessions,
    HolderRules vrrp,
    HolderRules lease,
    Wiring wiring,
    Coverage coverage,
    Story story) {}
