package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the time of a transaction, a megabyte and a connection goes: system calls, time in the
 * kernel and outside of it, and what is allocated on the heap.
 */
final class Budget implements Case {
  private static final int ROUNDS = 3;

  @Override
  public String name() {
    return "budget";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    List<Contender> open =
        field.contenders(List.of(HAPROXY, HAPROXY_OTHER, RELAY, TRUNKLINE, OPAQUE));
    List<Row> rows = new ArrayList<>();
    for (int connections : new int[] {1, 16}) {
      rows.add(
          row(
              field,
              open,
              "ping-" + connections,
              "ping-pong, " + Transactions.count(connections, "connection"),
              "transaction",
              PeerLoad.of("ping", "-c", Integer.toString(connections))));
    }
    Load out = PeerLoad.of("out", "-c", "1");
    rows.add(row(field, open, "out-1", "bulk out, 1 stream", "MB", out));
    rows.add(row(field, open, "churn-16", "new connections", "connection", Connections.CHURN));
    return rows;
  }

  private static Row row(
      Field field, List<Contender> open, String id, String title, String unit, Load load)
      throws IOException, InterruptedException {
    return field.measure(
        "budget-" + id,
        "the budget: " + title,
        unit,
        new Counted(field.site().directory().resolve("calls"), load),
        open,
        Math.min(ROUNDS, field.options().pairs()),
        field.options().seconds());
  }
}
