package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What one bulk stream does to 16 sessions with small transactions, 2,000 a second in all. */
final class Fairness implements Case {
  private static final double HALF = 0.5;

  @Override
  public String name() {
    return "fairness";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    return List.of(
        field.measure(
            "fairness",
            "2,000 small transactions/s beside one bulk stream",
            "transaction",
            Fairness::aloneAndBeside,
            field.options().quick()
                ? List.of(HAPROXY, TRUNKLINE)
                : Way.with(HAPROXIES, TRUNKLINE, OPAQUE)));
  }

  private static Sample aloneAndBeside(Contender contender, double seconds)
      throws IOException, InterruptedException {
    Map<String, Double> alone = pings(contender, seconds * HALF);
    // As long as the pings and their warm-up, and a little longer.
    List<String> options = List.of("-c", "1", "-t", Double.toString(seconds));
    try (Peer bulk = Peer.start(List.of(), "out", contender, options)) {
      Map<String, Double> beside = pings(contender, seconds * HALF);
      double megabytes = bulk.figures().get("bytes") / 1e6;
      bulk.await();
      return Sample.of(Figure.P50, beside.get("p50"))
          .with(Figure.P99, beside.get("p99"))
          .with(Figure.P99_RISE, beside.get("p99") - alone.get("p99"))
          .with(Figure.BULK_BESIDE, megabytes / seconds);
    }
  }

  private static Map<String, Double> pings(Contender contender, double seconds)
      throws IOException, InterruptedException {
    List<String> options =
        List.of("-c", "16", "-r", "2000", "-w", "0.3", "-t", Double.toString(seconds));
    try (Peer peer = Peer.start(List.of(), "ping", contender, options)) {
      Map<String, Double> figures = peer.figures();
      peer.await();
      return figures;
    }
  }
}
