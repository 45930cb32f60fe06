package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.ClusterReport;
import io.trunkline.daemon.status.ListenerReport;
import io.trunkline.daemon.status.PredecessorReport;
import io.trunkline.daemon.status.StatusReport;
import io.trunkline.daemon.status.VipReport;
import io.trunkline.routing.Plural;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/** The status for people: everything that matters on one screen. */
record StatusScreen(TerminalText terminal) {
  String render(StatusReport report) {
    StringBuilder screen = new StringBuilder();
    line(screen, head(report));
    PredecessorReport former = report.predecessor();
    if (former != null) {
      line(
          screen,
          terminal.wary(
              "upgraded: the previous process %d still has %s, until %s at the latest"
                  .formatted(
                      former.process(), Plural.of(former.sessions(), "session"), former.until())));
    }
    ClusterScreen clusters = new ClusterScreen(terminal, report.now());
    for (ClusterReport cluster : report.clusters()) {
      line(screen, "");
      screen.append(clusters.render(cluster));
    }
    VipScreen vips = new VipScreen(terminal, report.now());
    for (VipReport vip : report.vips()) {
      line(screen, "");
      screen.append(vips.render(vip));
    }
    line(screen, "");
    screen.append(listeners(report.listeners()));
    return screen.toString();
  }

  private String head(StatusReport report) {
    String state =
        report.ready()
            ? terminal.good("ready")
            : terminal.bad(
                "not ready: " + Objects.requireNonNullElse(report.notReadyBecause(), "?"));
    return "%s  trunkline %s, up %s, %s"
        .formatted(
            terminal.bold(report.node()),
            terminal.plain(report.version()),
            Quantities.span(report.uptimeSeconds()),
            state);
  }

  private String listeners(List<ListenerReport> listeners) {
    Table table = new Table(terminal);
    table.head(
        List.of(
            "LISTENER",
            "BOUND TO",
            "ROUTE",
            "CONNECTIONS",
            "QUEUED",
            "ACCEPTED",
            "SESSIONS",
            "KEPT"));
    for (ListenerReport listener : listeners) {
      table.row(
          List.of(
              table.text(listener.name()),
              listener.bound() == null
                  ? new Table.Cell("not bound", terminal::bad)
                  : table.text(listener.bound()),
              table.text(route(listener)),
              table.text(String.valueOf(listener.connections())),
              new Table.Cell(
                  String.valueOf(listener.queued()),
                  listener.queued() > 0 ? terminal::wary : terminal::plain),
              table.text(String.valueOf(listener.accepted())),
              table.text(sessions(listener)),
              kept(listener)));
    }
    return table.render("  ");
  }

  private static String route(ListenerReport listener) {
    String fallback = listener.fallback() == null ? "" : ", else " + listener.fallback();
    return listener.route() + fallback + " of " + listener.cluster();
  }

  private static String sessions(ListenerReport listener) {
    return listener.sessions().entrySet().stream()
        .filter(member -> member.getValue() > 0)
        .map(member -> member.getKey() + " " + member.getValue())
        .collect(Collectors.joining(", "));
  }

  /** How many sessions would go on without their member, and how many are about to. */
  private Table.Cell kept(ListenerReport listener) {
    int not = listener.notKept().values().stream().mapToInt(Integer::intValue).sum();
    if (listener.detached() > 0) {
      return new Table.Cell(listener.detached() + " detached", terminal::wary);
    }
    int all = listener.kept() + not;
    return all == 0
        ? new Table.Cell("", terminal::plain)
        : new Table.Cell(
            not == 0 ? "all" : listener.kept() + " of " + all,
            not == 0 ? terminal::plain : terminal::wary);
  }

  private static void line(StringBuilder screen, String text) {
    screen.append(text).append(System.lineSeparator());
  }
}
