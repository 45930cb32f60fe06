package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The run as pictures, each as SVG and as PNG. */
record Plots(Results results) {

  /** What can be drawn of these results: the name of the file, and the picture. */
  Map<String, String> svgs() {
    Map<String, String> pictures = new LinkedHashMap<>();
    goals(pictures, "performance-throughput", "Throughput of Trunkline", Figure.THROUGHPUT);
    goals(
        pictures,
        "performance-cpu",
        "Processor time of Trunkline per unit of work",
        Figure.PROXY_CPU);
    results
        .row("rate-added")
        .ifPresent(
            row ->
                pictures.put(
                    "performance-latency",
                    lines(
                        "Added to the time of a transaction at 4,000/s (10 µs: that or less)",
                        "µs",
                        List.of("p50", "p99", "p99.9"),
                        row,
                        way ->
                            List.of(
                                median(row, way, Figure.P50),
                                median(row, way, Figure.P99),
                                median(row, way, Figure.P999)))));
    curve(
        pictures,
        "performance-memory",
        "Resident memory with idle connections",
        "MB",
        Figure.RESIDENT);
    curve(pictures, "performance-opening", "Time to open idle connections", "s", Figure.OPENING);
    return pictures;
  }

  /** Writes them into that directory, and returns what embeds them in a page beside it. */
  String write(Path directory) throws IOException {
    Files.createDirectories(directory);
    StringBuilder page = new StringBuilder();
    for (Map.Entry<String, String> each : svgs().entrySet()) {
      Path svg = Files.writeString(directory.resolve(each.getKey() + ".svg"), each.getValue());
      Project.run(
          20,
          "rsvg-convert",
          "--zoom=2",
          "-o",
          directory.resolve(each.getKey() + ".png").toString(),
          svg.toString());
      String title =
          each.getValue().replaceAll("(?s).*?font-weight=\"bold\"[^>]*>([^<]*)<.*", "$1");
      page.append("![%s](%s/%s.svg)%n%n".formatted(title, directory.getFileName(), each.getKey()));
    }
    return page.toString();
  }

  private void goals(Map<String, String> pictures, String name, String title, Figure figure) {
    List<GoalChart.Bar> bars = new ArrayList<>();
    for (Goal goal : Goal.ALL) {
      if (goal.figure() == figure && goal.against() == Goal.Against.BEST_HAPROXY) {
        results
            .row(goal.row())
            .ifPresent(
                row ->
                    goal.reached(row)
                        .ifPresent(
                            it ->
                                bars.add(
                                    new GoalChart.Bar(
                                        row.shortTitle(), it, goal.limit(), goal.met(it)))));
      }
    }
    if (!bars.isEmpty()) {
      pictures.put(name, new GoalChart(title, bars).svg());
    }
  }

  private void curve(
      Map<String, String> pictures, String name, String title, String unit, Figure figure) {
    List<Row> steps =
        results.rows().stream()
            .filter(row -> row.id().startsWith("idle-") && !row.id().equals("idle-active"))
            .toList();
    if (!steps.isEmpty()) {
      pictures.put(
          name,
          lines(
              title,
              unit,
              steps.stream().map(row -> row.title().replaceAll(" .*", "")).toList(),
              steps.getFirst(),
              way -> steps.stream().map(row -> median(row, way, figure)).toList()));
    }
  }

  private static String lines(
      String title,
      String unit,
      List<String> steps,
      Row row,
      java.util.function.Function<Way, List<Double>> values) {
    Map<String, List<Double>> lines = new LinkedHashMap<>();
    row.samples().keySet().forEach(way -> lines.put(way.title(), values.apply(way)));
    return new LineChart(title, unit, steps, lines).svg();
  }

  private static double median(Row row, Way way, Figure figure) {
    return row.spread(way, figure).map(it -> it.median()).orElse(0.0);
  }
}
