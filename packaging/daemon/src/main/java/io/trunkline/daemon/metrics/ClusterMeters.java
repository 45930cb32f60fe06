package io.trunkline.daemon.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteState;
import java.time.Duration;
import java.time.Instant;

/** About each cluster: where its writes go and why, and how old the evidence is. */
final class ClusterMeters {
  private final NodeFacts node;
  private final Rows state;
  private final Rows reason;
  private final Rows target;
  private final Rows changed;
  private final Rows blocked;
  private final Rows holdLimit;
  private final Rows viewAge;
  private final Rows dcsConnected;
  private final Rows dcsAge;
  private final Rows maintenance;
  private final Rows timeline;
  private final Rows regression;
  private final Rows.Group all;

  ClusterMeters(MeterRegistry registry, NodeFacts node) {
    this.node = node;
    this.all = new Rows.Group(registry);
    state =
        all.add(
            "trunkline.write.route.state",
            "1 for the current state of the write route, 0 for the other states: open, switching,"
                + " holding, degraded, isolated");
    reason =
        all.add(
            "trunkline.write.route.reason",
            "Always 1; the label reason tells why the write route is in its state");
    target =
        all.add(
            "trunkline.write.route.target",
            "Always 1; the label member is where new write sessions go; absent while writes are"
                + " held");
    changed =
        all.add(
            "trunkline.write.route.change.time.seconds",
            "Time at which the write route last changed, in Unix time");
    blocked =
        all.add(
            "trunkline.write.route.sessions.blocked",
            "1 while sessions on the last primary are blocked: their clients are not read");
    holdLimit =
        all.add(
            "trunkline.hold.limit",
            "Configured hold_limit: most clients that may be queued because no member is"
                + " available");
    viewAge =
        all.add(
            "trunkline.view.age.seconds",
            "Age of the view of the cluster that decisions are made from");
    dcsConnected =
        all.add(
            "trunkline.dcs.connected",
            "1 while etcd answers with a quorum, 0 while not; absent without etcd");
    dcsAge =
        all.add(
            "trunkline.dcs.evidence.age.seconds", "Time since etcd last answered with a quorum");
    maintenance =
        all.add("trunkline.patroni.maintenance", "1 while Patroni is in maintenance mode (paused)");
    timeline = all.add("trunkline.timeline", "Highest timeline on which a primary has been seen");
    regression =
        all.add(
            "trunkline.timeline.regression",
            "1 while the leader key names a member on an older timeline than one already seen");
  }

  void refresh() {
    Instant now = node.clock().instant();
    node.config()
        .clusters()
        .forEach(cluster -> holdLimit.add(cluster.holdLimit(), "cluster", cluster.name()));
    for (String cluster : node.cells().keySet()) {
      node.table(cluster).ifPresent(table -> add(cluster, table, now));
    }
    all.publish();
  }

  private void add(String cluster, RoutingTable table, Instant now) {
    write(cluster, table.write());
    ClusterView view = table.view();
    viewAge.add(seconds(view.at(), now), "cluster", cluster);
    maintenance.add(view.maintenance(), "cluster", cluster);
    timeline.add(view.mark().timeline(), "cluster", cluster);
    regression.add(view.mark().regression().isPresent(), "cluster", cluster);
    switch (view.dcs()) {
      case DcsHealth.Absent _ -> {}
      case DcsHealth.Connected connected -> dcs(cluster, true, connected.confirmedAt(), now);
      case DcsHealth.Lost lost -> dcs(cluster, false, lost.confirmedAt(), now);
    }
  }

  private void write(String cluster, WriteDecision write) {
    for (WriteState possible : WriteState.values()) {
      state.add(write.state() == possible, "cluster", cluster, "state", possible.label());
    }
    reason.add(true, "cluster", cluster, "reason", write.reason().label());
    write.target().ifPresent(to -> target.add(true, "cluster", cluster, "member", to.member()));
    changed.add(write.since().toEpochMilli() / 1000.0, "cluster", cluster);
    blocked.add(write.blocked(), "cluster", cluster);
  }

  private void dcs(String cluster, boolean connected, Instant confirmedAt, Instant now) {
    dcsConnected.add(connected, "cluster", cluster);
    if (!confirmedAt.equals(Instant.MIN)) {
      dcsAge.add(seconds(confirmedAt, now), "cluster", cluster);
    }
  }

  static double seconds(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
  }
}
