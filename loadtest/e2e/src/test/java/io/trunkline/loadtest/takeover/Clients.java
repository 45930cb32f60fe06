package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Target;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Somebody who writes and somebody who reads, and what they notice while something is done. */
record Clients(Writer writer, Reader reader) implements AutoCloseable {
  private static final Duration AROUND = Duration.ofMillis(500);
  private static final Duration LIMIT = Duration.ofSeconds(30);

  static Clients start(Target target) {
    Clients clients =
        new Clients(Writer.start("migration", target), Reader.start("migration", target));
    Group.await(
        "both have been answered",
        LIMIT,
        () -> answered(clients.writer.samples()) && answered(clients.reader.samples()));
    Group.sleep(AROUND);
    return clients;
  }

  /** Does it and returns the longest time without an acknowledged commit, or without an answer. */
  Duration during(String what, Runnable action) {
    Instant from = Instant.now();
    action.run();
    Group.sleep(AROUND);
    Instant to = Instant.now();
    Duration written = gap(writer.samples(), from, to);
    Duration read = gap(reader.samples(), from, to);
    System.out.printf(
        "measured: %s: no commit for %d ms, no answer for %d ms, all in %d s%n",
        what, written.toMillis(), read.toMillis(), Duration.between(from, to).toSeconds());
    return written.compareTo(read) > 0 ? written : read;
  }

  /** Does it and sees to it that no session ended and nothing failed. */
  void unnoticed(String what, Runnable action) {
    Instant from = Instant.now();
    during(what, action);
    for (List<Sample> samples : List.of(writer.samples(), reader.samples())) {
      assertThat(samples.stream().filter(it -> it.end().isAfter(from)))
          .as(what)
          .isNotEmpty()
          .allMatch(Sample::acknowledged)
          .extracting(Sample::session)
          .containsOnly(samples.getLast().session());
    }
  }

  /** Stops the writer and judges. */
  Verdict verdict(Lab lab) {
    return Verdict.of(writer, lab);
  }

  private static boolean answered(List<Sample> samples) {
    return samples.stream().anyMatch(Sample::acknowledged);
  }

  private static Duration gap(List<Sample> samples, Instant from, Instant to) {
    List<Long> moments =
        samples.stream()
            .filter(Sample::acknowledged)
            .map(sample -> Recording.micros(sample.end()))
            .sorted()
            .toList();
    long micros =
        Timeline.longestGap(moments, Recording.micros(from), Recording.micros(to), false).length();
    return Duration.ofNanos(micros * 1000);
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
  }
}
