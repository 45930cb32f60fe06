package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Small transactions with a proxy that may use one processor, and so has one event loop, and with
 * one that may use two.
 */
final class Scale implements Case {
  @Override
  public String name() {
    return "scale";
  }

  @Override
  public boolean quick() {
    return false;
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    for (int processors = 1; processors <= 2; processors++) {
      List<String> prefix = List.of("taskset", "-c", processors == 1 ? "0" : "0,1");
      Site site = field.site().behind(prefix, field.site().address());
      List<Contender> open = new ArrayList<>();
      try {
        for (Way way : field.possible(List.of(HAPROXY, HAPROXY_OTHER, TRUNKLINE))) {
          open.add(field.settled(site.open(way)));
        }
        rows.add(
            field.measure(
                "scale-" + processors,
                "ping-pong, 16 connections, " + Transactions.count(processors, "event loop"),
                "transaction",
                PeerLoad.of("ping", "-c", "16"),
                open,
                field.options().pairs(),
                field.options().seconds()));
      } finally {
        open.forEach(Contender::close);
      }
    }
    return rows;
  }
}
