package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.List;

/** What a proxy adds to the time of a transaction when the machine has room. */
final class Latency implements Case {
  private static final int PER_SECOND = 4000;

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    Row row =
        field.measure(
            "rate",
            "4,000 select-only transactions/s, 16 clients",
            "transaction",
            new FixedRate(field.site().directory(), PER_SECOND),
            field.options().quick()
                ? List.of(DIRECT, HAPROXY, TRUNKLINE)
                : Way.with(
                    HAPROXIES, DIRECT, PGBOUNCER, TRUNKLINE, OPAQUE, PASSTHROUGH, TERMINATED));
    return List.of(row, row.over(DIRECT, List.of(Figure.P50, Figure.P99, Figure.P999)));
  }
}
