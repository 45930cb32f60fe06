package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to follow PostgreSQL's messages: listeners with {@code follow_messages} on and off,
 * and with {@code keep_sessions}, for which texts are looked at. Rows of one number are the worst
 * case: each is a message of its own.
 */
final class Following implements Case {
  private static final String UNIT = "transaction";

  @Override
  public String name() {
    return "following";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    List<Way> ways =
        field.options().quick()
            ? List.of(TRUNKLINE, KEPT, OPAQUE)
            : List.of(TRUNKLINE, KEPT, OPAQUE, TERMINATED, TERMINATED_OPAQUE);
    List<Row> rows = new ArrayList<>();
    rows.add(
        field.measure(
            "following",
            "followed and opaque: pgbench select-only, prepared, 16 clients",
            UNIT,
            Pgbench.of("-S", "-M", "prepared", "-c", "16", "-j", "2"),
            ways));
    rows.add(
        field.measure(
            "following-texts",
            "followed and kept: pgbench TPC-B, simple queries, 16 clients",
            UNIT,
            Pgbench.of("-N", "-M", "simple", "-c", "16", "-j", "2"),
            List.of(TRUNKLINE, KEPT, OPAQUE)));
    if (!field.options().quick()) {
      Path script =
          Files.writeString(
              field.site().directory().resolve("rows.sql"), "select generate_series(1, 5000);\n");
      rows.add(
          field.measure(
              "following-rows",
              "followed and opaque: 5,000 rows of one number each, 4 clients",
              UNIT,
              Pgbench.of("-f", script.toString(), "-c", "4", "-j", "2"),
              ways));
    }
    return rows;
  }
}
