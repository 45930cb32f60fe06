package io.trunkline.packaging;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.packaging.status.Readiness;
import io.trunkline.proxy.StatsSamples;
import io.trunkline.routing.RoutingCell;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/** A node that serves the cluster main, as those who tell of it see it. */
public final class SampleNode {
  private final RoutingCell cell = new RoutingCell();
  private final SampleCluster cluster;
  private final NodeFacts facts;

  public SampleNode(TrunklineConfig config, SampleCluster cluster) {
    this.cluster = cluster;
    this.facts =
        new NodeFacts(
            config,
            "1.2.3",
            cluster::now,
            SampleCluster.START,
            Map.of("main", cell),
            () -> Map.of("write", new InetSocketAddress(InetAddress.getLoopbackAddress(), 5000)),
            () -> Map.of("write", StatsSamples.busy("pg-1")),
            () -> new Readiness("serving", Optional.empty()));
  }

  /** Publishes what the cluster is like now. */
  public SampleNode observe() {
    cell.publish(cluster.table(cell.current()));
    return this;
  }

  /** What is known of the node. */
  public NodeFacts facts() {
    return facts;
  }
}
