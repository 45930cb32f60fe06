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
final class StatusScreen {
  private final TerminalText terminal;

  StatusScreen(TerminalText terminal) {
    this.terminal = terminal;
  }

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
    Table table = new Table();
    table.row(
        cells("LISTENER", "BOUND TO", "ROUTE", "CONNECTIONS", "QUEUED", "ACCEPTED", "SESSIONS"));
    for (ListenerReport listener : listeners) {
      table.row(
          List.of(
              new Table.Cell(terminal.plain(listener.name()), terminal::plain),
              listener.bound() == null
                  ? new Table.Cell("not bound", terminal::bad)
                  : new Table.Cell(terminal.plain(listener.bound()), terminal::plain),
              new Table.Cell(route(listener), terminal::plain),
              number(listener.connections()),
              new Table.Cell(
                  String.valueOf(listener.queued()),
                  listener.queued() > 0 ? terminal::wary : terminal::plain),
              number(listener.accepted()),
              new Table.Cell(sessions(listener), terminal::plain)));
    }
    return table.render("  ");
  }

  private static String route(ListenerReport listener) {
    String fallback = listener.fallback() == null ? "" : ", else " + listener.fallback();
    return listener.route() + fallback + " of " + listener.cluster();
  }

  private String sessions(ListenerReport listener) {
    return terminal.plain(
        listener.sessions().entrySet().stream()
            .filter(member -> member.getValue() > 0)
            .map(member -> member.getKey() + " " + member.getValue())
            .collect(Collectors.joining(", ")));
  }

  private Table.Cell number(long value) {
    return new Table.Cell(String.valueOf(value), terminal::plain);
  }

  private List<Table.Cell> cells(String... heads) {
    return List.of(heads).stream().map(head -> new Table.Cell(head, terminal::dim)).toList();
  }

  private static void line(StringBuilder screen, String text) {
    screen.append(text).append(System.lineSeparator());
  }
}
