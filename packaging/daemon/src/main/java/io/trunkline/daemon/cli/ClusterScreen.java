package io.trunkline.daemon.cli;

import io.trunkline.config.HostPort;
import io.trunkline.daemon.status.ClusterReport;
import io.trunkline.daemon.status.ClusterReport.DcsReport;
import io.trunkline.daemon.status.ClusterReport.FailoverReport;
import io.trunkline.daemon.status.ClusterReport.TargetReport;
import io.trunkline.daemon.status.ClusterReport.TimelineReport;
import io.trunkline.daemon.status.ClusterReport.WriteReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One cluster: where its writes go and why, its members, and what is wrong with it.
 *
 * @param now the report's moment, ISO 8601
 */
record ClusterScreen(TerminalText terminal, String now) {
  String render(ClusterReport cluster) {
    List<String> lines = new ArrayList<>();
    String title = "cluster " + cluster.name();
    if (!cluster.name().equals(cluster.scope())) {
      title += " (scope " + cluster.scope() + ")";
    }
    lines.add(terminal.bold(title) + dcs(cluster.dcs()));
    if (cluster.write() == null) {
      lines.add("  " + terminal.wary("its state has not been read yet"));
      return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }
    lines.addAll(writes(cluster.write()));
    if (cluster.write().target() == null) {
      lines.add(
          "    new clients are queued for up to %.0f s (hold_timeout)"
              .formatted(cluster.holdTimeoutSeconds()));
    }
    notices(cluster).forEach(notice -> lines.add("  " + notice));
    StringBuilder screen =
        new StringBuilder(String.join(System.lineSeparator(), lines))
            .append(System.lineSeparator())
            .append(System.lineSeparator())
            .append(new MemberTable(terminal, cluster).render("  "));
    cluster
        .problems()
        .forEach(
            problem ->
                screen.append("  ").append(terminal.wary(problem)).append(System.lineSeparator()));
    return screen.toString();
  }

  private List<String> writes(WriteReport write) {
    TargetReport target = write.target();
    String where =
        target == null
            ? terminal.bad("are held")
            : "to %s (%s)"
                .formatted(
                    terminal.good(target.member()),
                    terminal.plain(new HostPort(target.host(), target.port()).toString()));
    return List.of(
        "  writes %s: %s for %s, since %s"
            .formatted(
                where,
                terminal.plain(write.state()),
                Quantities.span(write.since(), now),
                terminal.plain(write.since())),
        "    " + terminal.plain(write.why()));
  }

  private List<String> notices(ClusterReport cluster) {
    List<String> notices = new ArrayList<>();
    if (cluster.write() != null && cluster.write().sessionsBlocked()) {
      notices.add(
          terminal.bad("sessions on the last primary are blocked: their clients are not read"));
    }
    if (cluster.maintenance()) {
      notices.add(terminal.wary("Patroni is in maintenance mode (paused): it does not fail over"));
    }
    FailoverReport failover = cluster.failover();
    if (failover != null) {
      notices.add(terminal.wary(failover(failover)));
    }
    TimelineReport timeline = cluster.timeline();
    if (timeline != null && timeline.regression() != null) {
      notices.add(
          terminal.bad(
              "%s holds the leader key on timeline %d, but timeline %d has been seen before."
                  .formatted(
                      timeline.regression().member(),
                      timeline.regression().timeline(),
                      timeline.highest())));
      notices.add(
          terminal.bad("To accept it, run 'trunkline cluster accept " + cluster.name() + "'."));
    }
    return notices;
  }

  private static String failover(FailoverReport failover) {
    return "switchover requested: %s to %s, %s"
        .formatted(
            Objects.requireNonNullElse(failover.leader(), "the leader"),
            Objects.requireNonNullElse(failover.candidate(), "any member"),
            failover.scheduledAt() == null ? "now" : "at " + failover.scheduledAt());
  }

  private String dcs(@Nullable DcsReport dcs) {
    if (dcs == null) {
      return "";
    }
    return switch (dcs.state()) {
      case "connected" ->
          "  etcd "
              + terminal.good("connected")
              + (dcs.confirmedAt() == null ? "" : ", " + ago(dcs.confirmedAt()));
      case "lost" ->
          "  etcd "
              + terminal.bad("lost")
              + (dcs.lostSince() == null ? "" : " " + ago(dcs.lostSince()))
              + ": "
              + terminal.plain(Objects.requireNonNullElse(dcs.failure(), "?"));
      default -> "  without etcd";
    };
  }

  private String ago(String moment) {
    return Quantities.span(moment, now) + " ago";
  }
}
