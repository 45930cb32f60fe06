package io.trunkline.packaging.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.trunkline.packaging.status.NodeFacts;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteDecision;
import io.trunkline.routing.WriteState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** About each cluster: where its writes go and why, and how well it is seen. */
final class ClusterMeters {
  private final NodeFacts node;
  private final Rows state;
  private final Rows reason;
  private final Rows target;
  private final Rows changed;
  private final Rows stopped;
  private final Rows holdLimit;
  private final Rows viewAge;
  private final Rows dcsConnected;
  private final Rows dcsAge;
  private final Rows paused;
  private final Rows timeline;
  private final Rows regression;
  private final List<Rows> all;

  ClusterMeters(MeterRegistry registry, NodeFacts node) {
    this.node = node;
    state =
        new Rows(
            registry,
            "trunkline.write.route.state",
            "1 for the state of the write route, 0 for the others: open, switching, holding,"
                + " degraded, isolated");
    reason = new Rows(registry, "trunkline.write.route.reason", "1, with why it is in its state");
    target =
        new Rows(
            registry,
            "trunkline.write.route.target",
            "1, with whom writes go to; absent while they wait");
    changed =
        new Rows(
            registry,
            "trunkline.write.route.change.time.seconds",
            "When the write route last changed, in Unix time");
    stopped =
        new Rows(
            registry,
            "trunkline.write.route.sessions.stopped",
            "1 while sessions on the last primary may not send");
    holdLimit =
        new Rows(
            registry, "trunkline.hold.limit", "How many clients may wait at once, as configured");
    viewAge =
        new Rows(registry, "trunkline.view.age.seconds", "How old the view of the cluster is");
    dcsConnected =
        new Rows(
            registry,
            "trunkline.dcs.connected",
            "1 while etcd can be believed; absent where none is configured");
    dcsAge =
        new Rows(
            registry, "trunkline.dcs.evidence.age.seconds", "How old the last word of etcd is");
    paused = new Rows(registry, "trunkline.patroni.paused", "1 in Patroni's maintenance mode");
    timeline =
        new Rows(registry, "trunkline.timeline", "The highest timeline a primary was seen on");
    regression =
        new Rows(
            registry,
            "trunkline.timeline.regression",
            "1 while the leader key names a member on a lower timeline");
    all =
        List.of(
            state,
            reason,
            target,
            changed,
            stopped,
            holdLimit,
            viewAge,
            dcsConnected,
            dcsAge,
            paused,
            timeline,
            regression);
  }

  void refresh() {
    Instant now = node.clock().instant();
    node.config()
        .clusters()
        .forEach(cluster -> holdLimit.add(cluster.holdLimit(), "cluster", cluster.name()));
    for (String cluster : node.cells().keySet()) {
      node.table(cluster).ifPresent(table -> add(cluster, table, now));
    }
    all.forEach(Rows::publish);
  }

  private void add(String cluster, RoutingTable table, Instant now) {
    write(cluster, table.write());
    ClusterView view = table.view();
    viewAge.add(seconds(view.at(), now), "cluster", cluster);
    paused.add(view.paused(), "cluster", cluster);
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
    stopped.add(write.paused(), "cluster", cluster);
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
