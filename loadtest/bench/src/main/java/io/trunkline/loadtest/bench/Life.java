package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Way.*;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** From exec until a session is answered; memory at rest, and after a long load. */
final class Life implements Case {
  private static final Duration REST = Duration.ofSeconds(2);
  private static final double SECONDS_PER_MINUTE = 60;

  @Override
  public String name() {
    return "life";
  }

  @Override
  public List<Row> run(Field field) throws IOException, InterruptedException {
    List<Way> ways = field.possible(List.of(HAPROXY, HAPROXY_OTHER, PGBOUNCER, TRUNKLINE));
    Map<Way, List<Sample>> starts = new EnumMap<>(Way.class);
    Map<Way, List<Sample>> after = new EnumMap<>(Way.class);
    List<Contender> last = new ArrayList<>();
    try {
      for (int round = 1; round <= field.options().pairs(); round++) {
        for (Way way : ways) {
          long begun = System.nanoTime();
          Contender contender = field.site().open(way);
          last.add(contender);
          double millis = (SessionProbe.firstAnswer(contender) - begun) / 1e6;
          Daemon.pause(field.options().quick() ? REST.dividedBy(4) : REST);
          Sample sample =
              Sample.of(Figure.READY, millis).with(Figure.RESIDENT, megabytes(contender));
          starts.computeIfAbsent(way, _ -> new ArrayList<>()).add(sample);
          System.out.println("start, " + way.title() + ": " + Rounds.words(sample));
        }
        if (round < field.options().pairs()) {
          last.forEach(Contender::close);
          last.clear();
        }
      }
      load(last, field.options().minutes() * SECONDS_PER_MINUTE);
      for (Contender each : last) {
        Sample sample = after(each);
        after.put(each.way(), List.of(sample));
        System.out.println("after the load, " + each.way().title() + ": " + Rounds.words(sample));
      }
    } finally {
      last.forEach(Contender::close);
    }
    return List.of(
        new Row("start", "from exec to the first session; memory at rest", "start", starts),
        new Row(
            "after-load",
            "after %.1f minutes of pgbench with 16 clients through each at the same time"
                .formatted(field.options().minutes()),
            "run",
            after));
  }

  private static Sample after(Contender contender) throws IOException {
    Sample sample = Sample.of(Figure.RESIDENT_AFTER, megabytes(contender));
    if (!contender.way().trunkline()) {
      return sample;
    }
    GcPauses pauses = GcPauses.of(contender.daemon().directory().resolve(GcPauses.LOG));
    return sample
        .with(Figure.PAUSES, pauses.millis().size())
        .with(Figure.LONG_PAUSES, pauses.longerThanLimit())
        .with(Figure.LONGEST_PAUSE, pauses.longest());
  }

  private static double megabytes(Contender contender) {
    return contender.daemon().residentKb() / 1024.0;
  }

  private static void load(List<Contender> contenders, double seconds) throws InterruptedException {
    Pgbench load = Pgbench.of("-S", "-M", "prepared", "-c", "16", "-j", "1");
    List<Thread> threads = new ArrayList<>();
    List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    for (Contender each : contenders) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      load.run(each, seconds);
                    } catch (IOException | InterruptedException | LabException e) {
                      failures.add(each.way().title() + ": " + e.getMessage());
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (!failures.isEmpty()) {
      throw new LabException("the long load failed: " + failures);
    }
  }
}
