package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A load of our own clients on the fake PostgreSQL.
 *
 * @param prefix of the clients' command
 * @param command {@code ping}, {@code out}, {@code in} or {@code churn}
 */
record PeerLoad(List<String> prefix, String command, List<String> options) implements Load {
  private static final double MEGABYTE = 1e6;

  static PeerLoad of(String command, String... options) {
    return new PeerLoad(List.of(), command, List.of(options));
  }

  @Override
  public Sample run(Contender contender, double seconds) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("-t", Double.toString(seconds)));
    Processor before = Processor.now(contender);
    try (Peer peer = Peer.start(prefix, command, contender, all)) {
      Map<String, Double> figures = peer.figures();
      Processor taken = Processor.now(contender).since(before);
      peer.await();
      boolean bulk = figures.get("bytes") > 0;
      double units = bulk ? figures.get("bytes") / MEGABYTE : figures.get("count");
      boolean failed = !command.equals("churn") && figures.get("errors") + figures.get("lost") > 0;
      if (units == 0 || failed) {
        throw new LabException(contender.way().title() + ", " + command + ": " + figures);
      }
      if (bulk) {
        return taken.each(Sample.of(Figure.THROUGHPUT, units / figures.get("seconds")), units);
      }
      Sample sample = taken.each(sample(figures), units);
      return command.equals("churn") ? sample.with(Figure.LEAST, figures.get("least")) : sample;
    }
  }

  /** Rate and latencies of what our clients have counted. */
  static Sample sample(Map<String, Double> figures) {
    return Sample.of(Figure.THROUGHPUT, figures.get("count") / figures.get("seconds"))
        .with(Figure.P50, figures.get("p50"))
        .with(Figure.P99, figures.get("p99"))
        .with(Figure.P999, figures.get("p999"));
  }
}
