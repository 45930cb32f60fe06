package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * COPY of a table of pgbench's through psql, over and over: out of PostgreSQL, or into it.
 *
 * @param data a file with the rows, which tells how many bytes one COPY carries
 * @param in into a table that is emptied before
 * @param streams at once
 */
record CopyLoad(Path data, boolean in, int streams) implements Load {
  private static final double MEGABYTE = 1e6;
  private static final int PATIENCE_SECONDS = 120;

  @Override
  public Sample run(Contender contender, double seconds) throws IOException, InterruptedException {
    Processor before = Processor.now(contender);
    long begun = System.nanoTime();
    int copies = 0;
    do {
      List<Process> running = new ArrayList<>();
      try {
        for (int stream = 0; stream < streams; stream++) {
          running.add(psql(contender, stream));
        }
        for (Process each : running) {
          if (!each.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || each.exitValue() != 0) {
            throw new LabException(contender.way().title() + ": COPY failed");
          }
        }
      } finally {
        running.forEach(Process::destroyForcibly);
      }
      copies += streams;
    } while (System.nanoTime() - begun < seconds * 1e9);
    double took = (System.nanoTime() - begun) / 1e9;
    double megabytes = copies * (Files.size(data) / MEGABYTE);
    return Processor.now(contender)
        .since(before)
        .each(Sample.of(Figure.THROUGHPUT, megabytes / took), megabytes);
  }

  private Process psql(Contender contender, int stream) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                LocalPostgres.program("psql").toString(),
                "-qX",
                "-v",
                "ON_ERROR_STOP=1",
                "-h",
                contender.address(),
                "-p",
                Integer.toString(contender.postgres()),
                "-U",
                "postgres"));
    if (in) {
      command.addAll(
          List.of("-c", "truncate sink_" + stream, "-c", "copy sink_" + stream + " from stdin"));
    } else {
      command.addAll(List.of("-c", "copy source to stdout"));
    }
    command.add("postgres");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.redirectInput(in ? data.toFile() : Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(contender.way().encryption().environment());
    return builder.start();
  }
}
