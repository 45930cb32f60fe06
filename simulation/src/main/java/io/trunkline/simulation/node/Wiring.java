package io.trunkline.simulation.node;

import io.trunkline.healthcheck.timeline.TimelineStore;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.lease.LeaseStore;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Where a node's collaborators can be replaced by faulty ones, to see whether the simulation finds
 * them. What is here changes nothing.
 */
public interface Wiring {
  /** As it is meant. */
  Wiring RIGHT = new Wiring() {};

  /** The disk that the timeline mark is kept on. */
  default TimelineStore timelines(TimelineStore right) {
    return right;
  }

  /** What sessions are placed and fenced by. */
  default RoutingTable table(Optional<RoutingTable> before, RoutingTable right) {
    return right;
  }

  /** etcd, as a VIP has it. */
  default LeaseStore leases(LeaseStore right) {
    return right;
  }

  /** What says when readers leave a replica that was promoted. */
  default RandomGenerator departures(RandomGenerator right) {
    return right;
  }

  /** Nanoseconds by which tables reach sessions too late. */
  default long fencingDelay() {
    return 0;
  }

  /** Whether a session loop runs what is to wait for the end of the round at once. */
  default boolean inlinesTasks() {
    return false;
  }
}
