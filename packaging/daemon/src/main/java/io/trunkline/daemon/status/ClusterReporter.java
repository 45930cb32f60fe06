package io.trunkline.daemon.status;

import io.trunkline.config.ClusterConfig;
import io.trunkline.daemon.status.ClusterReport.DcsReport;
import io.trunkline.daemon.status.ClusterReport.FailoverReport;
import io.trunkline.daemon.status.ClusterReport.LeaderReport;
import io.trunkline.daemon.status.ClusterReport.RegressionReport;
import io.trunkline.daemon.status.ClusterReport.TargetReport;
import io.trunkline.daemon.status.ClusterReport.TimelineReport;
import io.trunkline.daemon.status.ClusterReport.WriteReport;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.HoldTimeout;
import io.trunkline.routing.Plural;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.TimelineMark;
import io.trunkline.routing.WriteDecision;
import java.time.Instant;
import java.util.Optional;

/** Writes a cluster's part of the report. */
record ClusterReporter(NodeFacts node, Instant now) {
  ClusterReport report(ClusterConfig cluster) {
    return node.table(cluster.name())
        .map(table -> report(cluster, table))
        .orElseGet(
            () ->
                ClusterReport.unknown(
                    cluster.name(), cluster.scope(), holdTimeout(cluster, Optional.empty())));
  }

  private ClusterReport report(ClusterConfig cluster, RoutingTable table) {
    ClusterView view = table.view();
    MemberReporter members = new MemberReporter(node, table, now);
    return new ClusterReport(
        cluster.name(),
        cluster.scope(),
        Timestamps.text(view.at()),
        write(table),
        dcs(view.dcs()),
        view.leader()
            .map(key -> new LeaderReport(key.member(), Timestamps.text(key.since())))
            .orElse(null),
        view.failover()
            .map(
                key ->
                    new FailoverReport(
                        key.leader().orElse(null),
                        key.candidate().orElse(null),
                        Timestamps.text(key.scheduledAt()),
                        Timestamps.text(key.since())))
            .orElse(null),
        view.maintenance(),
        holdTimeout(cluster, Optional.of(view)),
        timeline(view.mark()),
        view.syncStandbys().stream().sorted().toList(),
        view.members().values().stream().map(members::report).toList(),
        view.problems());
  }

  private static double holdTimeout(ClusterConfig cluster, Optional<ClusterView> view) {
    return HoldTimeout.of(cluster, view).toMillis() / 1000.0;
  }

  private WriteReport write(RoutingTable table) {
    WriteDecision write = table.write();
    return new WriteReport(
        write.state().label(),
        write.reason().label(),
        table.why()
            + write.target().map(target -> sessions(table.view(), target.member())).orElse(""),
        write
            .target()
            .map(
                target ->
                    new TargetReport(
                        target.member(), target.postgres().host(), target.postgres().port()))
            .orElse(null),
        write.owner().orElse(null),
        write.blocked(),
        Timestamps.text(write.since()));
  }

  /** What keeps clients from being connected there at once. */
  private String sessions(ClusterView view, String member) {
    String failure =
        view.member(member)
            .flatMap(it -> it.connect().failure())
            .map(why -> "; this node cannot connect to it: " + why)
            .orElse("");
    String queued =
        node.logins(view.cluster(), member)
            .filter(logins -> logins.queued() > 0)
            .map(
                logins ->
                    "; %s queued there, %s in progress"
                        .formatted(
                            Plural.of(logins.queued(), "client is", "clients are"),
                            Plural.of(logins.underWay(), "login is", "logins are")))
            .orElse("");
    return failure + queued;
  }

  private static DcsReport dcs(DcsHealth dcs) {
    return switch (dcs) {
      case DcsHealth.Absent _ -> new DcsReport("absent", null, null, null);
      case DcsHealth.Connected connected ->
          new DcsReport(
              "connected", Timestamps.text(Optional.of(connected.confirmedAt())), null, null);
      case DcsHealth.Lost lost ->
          new DcsReport(
              "lost",
              Timestamps.text(Optional.of(lost.confirmedAt())),
              Timestamps.text(lost.since()),
              lost.failure());
    };
  }

  private static TimelineReport timeline(TimelineMark mark) {
    return new TimelineReport(
        mark.systemId(),
        mark.timeline(),
        mark.member().orElse(null),
        mark.regression()
            .map(found -> new RegressionReport(found.member(), found.timeline()))
            .orElse(null));
  }
}
