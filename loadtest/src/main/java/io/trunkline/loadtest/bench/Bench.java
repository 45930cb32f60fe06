package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code make bench}: Trunkline beside HAProxy, PgBouncer and no proxy at all, on one machine. */
public final class Bench {
  private static final List<Case> CASES =
      List.of(new Transactions(), new Latency(), new Bulk(), new Connections(), new Following());

  private Bench() {}

  /**
   * @param args {@code NAME=value}, see {@link Options}
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Options options = Options.of(args);
    List<Row> rows = new ArrayList<>();
    List<Case> wanted = CASES.stream().filter(it -> options.wants(it.name())).toList();
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException(
          "CASES are some of " + CASES.stream().map(Case::name).toList());
    }
    long begun = System.nanoTime();
    try (Field field = Field.open(options)) {
      for (Case each : wanted) {
        rows.addAll(each.run(field));
      }
    }
    Results results = Results.of(options, rows);
    Report report = new Report(results);
    System.out.println(report.text());
    Path file = Results.directory().resolve(System.currentTimeMillis() / 1000 + ".json");
    results.write(file);
    System.out.println("every sample: " + file);
    System.out.printf("%.0f s%n", (System.nanoTime() - begun) / 1e9);
  }
}
