package io.trunkline.daemon;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.daemon.status.DrainReport;
import io.trunkline.daemon.status.LastReload;
import io.trunkline.daemon.status.MemoryUse;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.daemon.status.Readiness;
import io.trunkline.proxy.backend.LoginStats;
import io.trunkline.routing.RoutingCell;
import io.trunkline.vip.VipStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A node that serves the cluster main, as those who tell of it see it. */
public final class SampleNode {
  private final RoutingCell cell = new RoutingCell();
  private final SampleCluster cluster;
  private final NodeFacts facts;
  private volatile List<VipStatus> vips = List.of();
  private volatile LoginStats logins = new LoginStats(3, 0, 12);
  private volatile List<Validity> validities = List.of();

  public SampleNode(TrunklineConfig config, SampleCluster cluster) {
    this.cluster = cluster;
    this.facts =
        new NodeFacts(
            () -> config,
            "1.2.3",
            cluster::now,
            SampleCluster.START,
            () -> Map.of("main", cell),
            () -> Map.of("write", new InetSocketAddress(InetAddress.getLoopbackAddress(), 5000)),
            () -> Map.of("write", StatsSamples.busy("pg-1")),
            () -> Map.of("main", Map.of("pg-1", logins)),
            () -> vips,
            () -> new MemoryUse(1_000, 2_000, 500, 200, 9_000, false),
            () -> validities,
            () -> new Readiness("serving", Optional.empty()),
            () -> new DrainReport(false, null, null, List.of(), 0),
            () -> LastReload.applied(SampleCluster.START),
            Optional::empty);
  }

  /** Publishes what the cluster is like now. */
  public SampleNode observe() {
    cell.publish(cluster.table(cell.current()));
    return this;
  }

  /** The logins at pg-1 from now on. */
  public SampleNode logins(LoginStats now) {
    logins = now;
    return this;
  }

  /** What its VIPs are like from now on. */
  public SampleNode vips(VipStatus... now) {
    vips = List.of(now);
    return this;
  }

  /** What certificates are in use from now on. */
  public SampleNode validities(Validity... now) {
    validities = List.of(now);
    return this;
  }

  /** The same, but whoever asks for its VIPs is answered with a defect. */
  public NodeFacts brokenFacts() {
    return new NodeFacts(
        facts.configuration(),
        facts.version(),
        facts.clock(),
        facts.startedAt(),
        facts.routing(),
        facts.bound(),
        facts.stats(),
        facts.logins(),
        () -> {
          throw new IllegalStateException("broken");
        },
        facts.memory(),
        facts.validities(),
        facts.readiness(),
        facts.drain(),
        facts.lastReload(),
        facts.predecessor());
  }

  /** What is known of the node. */
  public NodeFacts facts() {
    return facts;
  }
}
