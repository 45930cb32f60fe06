package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Streams whose TLS ends in the proxy. */
final class TlsThroughput implements Case {
  @Override
  public String name() {
    return "tls";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    List<Way> ways = List.of(HAPROXY_TERMINATED, HAPROXY_TUNED_TERMINATED, TERMINATED);
    List<Row> rows = new ArrayList<>();
    for (String direction : field.options().quick() ? List.of("out") : List.of("out", "in")) {
      rows.add(
          field.measure(
              "tls-" + direction,
              "bulk " + direction + ", 1 stream, TLS terminated",
              "MB",
              PeerLoad.of(direction, "-c", "1"),
              ways));
    }
    return rows;
  }
}
