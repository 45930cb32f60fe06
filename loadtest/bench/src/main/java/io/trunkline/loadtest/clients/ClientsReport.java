package io.trunkline.loadtest.clients;

import io.trunkline.loadtest.clients.Program.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Cells as Markdown: a table for each event, then what the clients are told. */
final class ClientsReport {
  private final List<Cell> cells;
  private final List<CancelTrial.Result> cancelled;

  ClientsReport(List<Cell> cells, List<CancelTrial.Result> cancelled) {
    this.cells = List.copyOf(cells);
    this.cancelled = List.copyOf(cancelled);
  }

  String markdown() {
    StringBuilder text = new StringBuilder();
    for (Event event : Event.values()) {
      List<Cell> of = cells.stream().filter(cell -> cell.event() == event).toList();
      if (!of.isEmpty()) {
        text.append("### ").append(event.title()).append("\n\n").append(table(of)).append('\n');
      }
    }
    text.append("### What the clients are told\n\n").append(errors());
    return text.append("\n### Cancelled statements\n\n").append(cancels()).toString();
  }

  private String cancels() {
    StringBuilder table = new StringBuilder("| client | by |");
    for (Encryption encryption : Encryption.values()) {
      table.append(' ').append(encryption.title()).append(" |");
    }
    table.append("\n|---|---|").append("---|".repeat(Encryption.values().length)).append('\n');
    for (Program program : Program.values()) {
      List<CancelTrial.Result> of =
          cancelled.stream().filter(result -> result.program() == program).toList();
      if (!of.isEmpty()) {
        table.append("| ").append(program.title()).append(" | ").append(program.cancel());
        for (Encryption encryption : Encryption.values()) {
          table.append(" | ").append(cancelled(of, encryption));
        }
        table.append(" |\n");
      }
    }
    return table.toString();
  }

  private static String cancelled(List<CancelTrial.Result> results, Encryption encryption) {
    return results.stream()
        .filter(result -> result.encryption() == encryption)
        .map(result -> result.worked() ? "ended" : "did not end")
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static String table(List<Cell> cells) {
    StringBuilder table = new StringBuilder("| client |");
    for (Encryption encryption : Encryption.values()) {
      table.append(' ').append(encryption.title()).append(" |");
    }
    table.append(" works again | commits lost |\n|---|");
    table.append("---|".repeat(Encryption.values().length + 2)).append('\n');
    for (Program program : Program.values()) {
      List<Cell> of = cells.stream().filter(cell -> cell.program() == program).toList();
      if (!of.isEmpty()) {
        table.append(row(program, of));
      }
    }
    return table.toString();
  }

  private static String row(Program program, List<Cell> cells) {
    String measured =
        Arrays.stream(Encryption.values())
            .map(e -> cells.stream().filter(cell -> cell.encryption() == e).toList())
            .map(of -> of.isEmpty() ? "–" : cell(of))
            .collect(Collectors.joining(" | "));
    long back = cells.stream().filter(cell -> cell.findings().recovered()).count();
    String lost =
        program.kind() == Kind.WRITER
            ? Integer.toString(cells.stream().mapToInt(cell -> cell.findings().lost()).sum())
            : "–";
    return "| %s | %s | %s | %s |\n"
        .formatted(
            program.title(),
            measured,
            back == cells.size() ? "yes" : back + " of " + cells.size(),
            lost);
  }

  /** The runs of one client through one kind of listener. */
  private static String cell(List<Cell> runs) {
    Map<String, Integer> failures = new TreeMap<>();
    for (Cell run : runs) {
      run.findings()
          .failures()
          .forEach((failure, times) -> failures.merge(failure.label(), times, Integer::sum));
    }
    String failed =
        failures.isEmpty()
            ? "no error"
            : failures.entrySet().stream()
                .map(e -> e.getValue() + " × " + e.getKey())
                .collect(Collectors.joining(", "));
    if (runs.getFirst().program().kind() == Kind.REPEATED) {
      return failed;
    }
    String gap = seconds(runs.stream().map(run -> run.findings().gap()).toList());
    String after =
        seconds(runs.stream().flatMap(run -> run.findings().afterPromotion().stream()).toList());
    return gap + " s (" + (after.isEmpty() ? "–" : after + " s") + "); " + failed;
  }

  /** The median; of two in the middle the longer one. */
  private static String seconds(List<Duration> durations) {
    return durations.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "%.2f",
            durations.stream().sorted().toList().get(durations.size() / 2).toMillis() / 1000.0);
  }

  private String errors() {
    Map<String, Map<Event, Set<Encryption>>> where = new LinkedHashMap<>();
    for (Program program : Program.values()) {
      for (Cell cell : cells) {
        if (cell.program() == program) {
          for (Failure failure : cell.findings().failures().keySet()) {
            where
                .computeIfAbsent(error(program, failure), _ -> new EnumMap<>(Event.class))
                .computeIfAbsent(cell.event(), _ -> EnumSet.noneOf(Encryption.class))
                .add(cell.encryption());
          }
        }
      }
    }
    List<String> rows = new ArrayList<>();
    rows.add("| client | error | SQLSTATE | message | in |\n|---|---|---|---|---|");
    where.forEach((error, in) -> rows.add(error + " " + in(in) + " |"));
    return String.join("\n", rows) + "\n";
  }

  private static String in(Map<Event, Set<Encryption>> where) {
    return where.entrySet().stream()
        .map(e -> lower(e.getKey()) + encryptions(e.getValue()))
        .collect(Collectors.joining("; "));
  }

  private static String encryptions(Set<Encryption> some) {
    return some.size() == Encryption.values().length
        ? ""
        : some.stream().map(ClientsReport::lower).collect(Collectors.joining(", ", " (", ")"));
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String error(Program program, Failure failure) {
    String state = failure.state() == null ? "–" : failure.state();
    return "| %s | %s | %s | %s |"
        .formatted(program.title(), failure.type(), state, failure.message().replace("|", "\\|"));
  }
}
