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
    rows.add(row(field, open, "ping-1", "ping-pong, 1 connection", "transaction"));
    rows.add(row(field, open, "ping-16", "ping-pong, 16 connections", "transaction"));
    rows.add(row(field, open, "out-1", "bulk out, 1 stream", "MB"));
    rows.add(row(field, open, "churn-16", "new connections", "connection"));
    return rows;
  }

  private static Row row(Field field, List<Contender> open, String load, String title, String unit)
      throws IOException, InterruptedException {
    String[] words = load.split("-", -1);
    return field.measure(
        "budget-" + load,
        "the budget: " + title,
        unit,
        new Counted(
            field.site().directory().resolve("calls"),
            words[0].equals("churn") ? Connections.CHURN : PeerLoad.of(words[0], "-c", words[1])),
        open,
        Math.min(ROUNDS, field.options().pairs()),
        field.options().seconds());
  }
}
