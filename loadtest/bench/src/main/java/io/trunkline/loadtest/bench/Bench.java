package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import io.trunkline.loadtest.verdict.MeasuredPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code make bench}: Trunkline beside HAProxy, PgBouncer and no proxy at all, on one machine. */
public final class Bench {
  private static final List<Case> CASES =
      List.of(
          new Transactions(),
          new Latency(),
          new Bulk(),
          new Connections(),
          new Idle(),
          new TlsThroughput(),
          new Life(),
          new Failover(),
          new Fairness(),
          new Scale(),
          new FirstSeconds(),
          new Following(),
          new Budget(),
          new RemoteChurn());

  private Bench() {}

  /**
   * @param args {@code NAME=value}, see {@link Options}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args);
    List<String> names = CASES.stream().map(Case::name).toList();
    if (!names.containsAll(options.cases())) {
      throw new IllegalArgumentException("CASES=%s: they are %s".formatted(options.cases(), names));
    }
    long begun = System.nanoTime();
    Results results = options.page() ? Results.read(Results.published()) : measure(options);
    Optional<Results> before = Results.before(results);
    String tables = new Report(results).text();
    String comparison = before.map(it -> new Comparison(it, results).text()).orElse("");
    System.out.println(tables + comparison);
    if (options.publishes()) {
      if (!options.page()) {
        results.write(Results.published());
      }
      publish(results, tables, comparison);
    } else {
      new Plots(results).write(Results.directory().resolveSibling("img"));
    }
    System.out.printf(
        "%.0f s; every sample is in %s%n", (System.nanoTime() - begun) / 1e9, Results.directory());
  }

  private static Results measure(Options options) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    try (Field field = Field.open(options)) {
      for (Case each : CASES) {
        if (options.wants(each)) {
          try {
            rows.addAll(each.run(field));
          } catch (LabException | IOException | UncheckedIOException e) {
            System.err.println("case " + each.name() + " failed: " + e.getMessage());
            failed.add(each.name());
          }
        }
      }
      notes.add(field.end().text());
      failed.addAll(field.failed());
    }
    rows.removeIf(row -> row.samples().isEmpty());
    if (!failed.isEmpty()) {
      notes.add("Not measured, because they failed: %s.".formatted(String.join(", ", failed)));
    }
    if (Site.mostSessions() < Site.SESSIONS) {
      notes.add(
          "%,d idle connections instead of %,d: the limit on open files (ulimit -Hn) allows no more here."
              .formatted(Site.mostSessions(), Site.SESSIONS));
    }
    Results results = Results.of(options, notes, rows);
    results.keep();
    return results;
  }

  private static void publish(Results results, String tables, String comparison)
      throws IOException {
    Path docs = Project.file("docs");
    String pictures = new Plots(results).write(docs.resolve("img"));
    Path page = docs.resolve("performance.md");
    Files.writeString(
        page,
        new MeasuredPart("bench")
            .replacedIn(Files.readString(page), pictures + tables + comparison));
  }
}
