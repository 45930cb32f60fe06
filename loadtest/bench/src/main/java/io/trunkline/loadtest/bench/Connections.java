package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Sessions that only log in and leave. */
final class Connections implements Case {
  private static final String UNIT = "connection";

  /** Sixteen at once, from many loopback addresses: the clients have ports for minutes. */
  static final Load CHURN = PeerLoad.of("churn", "-c", "16", "-b", "127.0.0.2", "-n", "32");

  @Override
  public String name() {
    return "connections";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    boolean quick = field.options().quick();
    List<Way> plain = Way.plain(quick, PGBOUNCER, CHAIN);
    List<Row> rows = new ArrayList<>();
    List<Way> terminated = List.of(HAPROXY_TERMINATED, HAPROXY_TUNED_TERMINATED, TERMINATED);
    rows.add(field.measure("churn", "new connections", UNIT, CHURN, plain));
    rows.add(
        field.measure(
            "churn-terminated", "new connections, TLS terminated", UNIT, CHURN, terminated));
    if (!quick) {
      rows.add(
          field.measure(
              "pgbench-C",
              "pgbench -C select-only, 16 clients",
              UNIT,
              Pgbench.of("-S", "-C", "-c", "16", "-j", "2"),
              plain));
      rows.add(
          field.measure(
              "churn-passthrough",
              "new connections, TLS passthrough",
              UNIT,
              CHURN,
              List.of(DIRECT_TLS, HAPROXY_PASSTHROUGH, PASSTHROUGH)));
    }
    return rows;
  }
}
