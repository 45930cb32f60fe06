package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.daemon.status.SessionsReport.SessionReport;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sessions for people: a line for each. */
record SessionsScreen(TerminalText terminal) {
  String render(SessionsReport report) {
    if (report.matching() == 0) {
      return "no sessions" + System.lineSeparator();
    }
    Table table = new Table(terminal);
    table.head(
        List.of(
            "ID",
            "LISTENER",
            "CLIENT",
            "USER",
            "DATABASE",
            "APPLICATION",
            "MEMBER",
            "STATE",
            "TLS",
            "KEPT",
            "AGE",
            "FROM CLIENT",
            "TO CLIENT"));
    report.sessions().forEach(session -> table.row(row(session, report.now())));
    String more =
        report.leftOut() == 0
            ? ""
            : "%d more; use --limit to list more, or conditions to list fewer%n"
                .formatted(report.leftOut());
    return table.render("") + more;
  }

  private List<Table.Cell> row(SessionReport session, String now) {
    return List.of(
        text(String.valueOf(session.id())),
        text(session.listener()),
        text(session.client()),
        text(session.user()),
        text(session.database()),
        text(session.applicationName()),
        text(session.member()),
        state(session),
        text(session.tls()),
        kept(session),
        text(Quantities.span(session.since(), now)),
        text(Quantities.bytes(session.bytesFromClient())),
        text(Quantities.bytes(session.bytesToClient())));
  }

  private Table.Cell state(SessionReport session) {
    String state = session.state().replace('_', ' ');
    return session.why() == null
        ? text(state)
        : new Table.Cell(terminal.plain(state + ": " + session.why()), terminal::wary);
  }

  /** Whether it goes on if its member goes now. */
  private Table.Cell kept(SessionReport session) {
    if (session.kept() == null) {
      return text(null);
    }
    return session.pinned() == null
        ? text("yes")
        : new Table.Cell(
            terminal.plain("no: " + session.pinned().replace('_', ' ')), terminal::wary);
  }

  private Table.Cell text(@Nullable String text) {
    return new Table.Cell(
        terminal.plain(text == null || text.isEmpty() ? "-" : text), terminal::plain);
  }
}
