package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Select-only transactions of pgbench at a rate that leaves the machine room. A transaction's time
 * begins when it was due (pgbench's {@code --rate}), so that waiting counts.
 *
 * @param directory for pgbench's log of transactions
 */
record FixedRate(Path directory, int perSecond) implements Load {

  /** In a line of pgbench's log: the client, its transaction, and how many µs it took. */
  private static final int ELAPSED = 2;

  @Override
  public Sample run(Contender contender, double seconds) throws IOException, InterruptedException {
    Path logs = Files.createTempDirectory(directory, "rate");
    List<String> arguments =
        List.of(
            "-S",
            "-M",
            "prepared",
            "-c",
            "16",
            "-j",
            "1",
            "-R",
            Integer.toString(perSecond),
            "-l",
            "--log-prefix=" + logs.resolve("log"));
    Processor before = Processor.now(contender);
    Pgbench.output(contender, seconds, arguments);
    Processor taken = Processor.now(contender).since(before);
    double[] micros = elapsed(logs);
    if (micros.length == 0) {
      throw new LabException(contender.way().title() + ": pgbench logged no transaction");
    }
    Sample sample =
        Sample.of(Figure.P50, at(micros, 0.5))
            .with(Figure.P99, at(micros, 0.99))
            .with(Figure.P999, at(micros, 0.999));
    return taken.each(sample, micros.length);
  }

  private static double[] elapsed(Path logs) throws IOException {
    try (Stream<Path> files = Files.list(logs)) {
      double[] micros =
          files
              .flatMap(FixedRate::lines)
              .mapToDouble(line -> Double.parseDouble(line.split(" ", -1)[ELAPSED]))
              .toArray();
      Arrays.sort(micros);
      return micros;
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static double at(double[] sorted, double share) {
    return sorted[Math.min(sorted.length - 1, (int) (share * sorted.length))];
  }
}
