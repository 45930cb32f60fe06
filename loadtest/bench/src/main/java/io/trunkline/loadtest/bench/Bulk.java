package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Long streams both ways: of the fake PostgreSQL, and COPY of the real one. */
final class Bulk implements Case {
  private static final String UNIT = "MB";

  @Override
  public String name() {
    return "bulk";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    List<Way> raw = Way.plain(quick);
    List<Way> copy = Way.toPostgres(quick);
    List<Row> rows = new ArrayList<>();
    for (int streams : quick ? new int[] {1} : new int[] {1, 8}) {
      String many = streams == 1 ? "1 stream" : streams + " streams";
      for (String way : List.of("out", "in")) {
        rows.add(
            field.measure(
                "bulk-" + way + "-" + streams,
                "bulk " + way + ", " + many,
                UNIT,
                PeerLoad.of(way, "-c", Integer.toString(streams)),
                raw));
      }
      for (boolean in : quick ? new boolean[] {false} : new boolean[] {false, true}) {
        rows.add(
            field.measure(
                "copy-" + (in ? "in-" : "out-") + streams,
                "COPY %s PostgreSQL, %s".formatted(in ? "into" : "out of", many),
                UNIT,
                new CopyLoad(field.rows(), in, streams),
                streams == 1 ? copy : raw));
      }
    }
    return rows;
  }
}
