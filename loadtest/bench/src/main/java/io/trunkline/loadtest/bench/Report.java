package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.verdict.Spread;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The run as tables in Markdown. */
record Report(Results results) {

  String text() {
    return conditions()
        + notes()
        + goals()
        + results.rows().stream().map(this::table).collect(Collectors.joining())
        + prediction();
  }

  private String prediction() {
    String lines =
        Stream.of(Way.HAPROXY, Way.TRUNKLINE)
            .flatMap(way -> Prediction.of(results, way).map(it -> it.text(way)).stream())
            .collect(Collectors.joining("\n\n"));
    return lines.isEmpty() ? "" : "### More processors\n\n" + lines + "\n\n";
  }

  private String conditions() {
    Map<String, String> machine = results.machine();
    return """
    %s, commit %s: %s processors (%s), Linux %s, %s, %s, %s, Java %s. %d rounds of %s s. Each cell is \
    the median (least–most).

    """
        .formatted(
            results.date(),
            results.commit(),
            machine.get("processors"),
            machine.get("model"),
            machine.get("kernel"),
            machine.get("postgresql"),
            machine.get("haproxy"),
            machine.get("pgbouncer"),
            machine.get("java"),
            results.pairs(),
            number(results.seconds(), results.seconds() % 1 == 0 ? 0 : 1));
  }

  private String notes() {
    return results.notes().stream().map(note -> note + "\n\n").collect(Collectors.joining());
  }

  private String goals() {
    StringBuilder table =
        new StringBuilder(
            """
            ### Goals

            | load | figure | divided by | goal | measured | met | the bare relay in C |
            |---|---|---|---|---|---|---|
            """);
    for (Goal goal : Goal.ALL) {
      Optional<Row> row = results.row(goal.row());
      Optional<Spread> reached = row.flatMap(goal::reached);
      if (reached.isPresent()) {
        table.append(
            "| %s | %s | %s | %s %s | %s | %s | %s |%n"
                .formatted(
                    row.get().title(),
                    title(goal.figure(), row.get()),
                    goal.against().title(),
                    goal.figure().moreIsBetter() ? "≥" : "≤",
                    number(goal.limit(), 2),
                    reached.get().text(2),
                    goal.met(reached.get()) ? "yes" : "**no**",
                    goal.floor(row.get()).map(it -> it.text(2)).orElse("–")));
      }
    }
    return table.append('\n').toString();
  }

  private String table(Row row) {
    List<Figure> figures = row.figures();
    StringBuilder table = new StringBuilder("### " + capital(row.title()) + "\n\n|");
    figures.forEach(figure -> table.append(" | ").append(heading(figure, row)));
    table.append(" |\n|---").append("|---".repeat(figures.size())).append("|\n");
    row.samples()
        .keySet()
        .forEach(
            way -> {
              table.append("| ").append(way.title());
              figures.forEach(
                  figure ->
                      table
                          .append(" | ")
                          .append(
                              row.spread(way, figure)
                                  .map(it -> it.text(figure.decimals()))
                                  .orElse("–")));
              table.append(" |\n");
            });
    return table.append('\n').toString();
  }

  private static String heading(Figure figure, Row row) {
    String unit =
        figure == Figure.THROUGHPUT || figure == Figure.LEAST
            ? row.unit() + figure.unit()
            : figure.unit();
    return title(figure, row) + (unit.isEmpty() ? "" : ", " + unit);
  }

  private static String title(Figure figure, Row row) {
    return figure.perUnit() ? figure.title() + " per " + row.unit() : figure.title();
  }

  private static String capital(String title) {
    return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
  }

  private static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }
}
