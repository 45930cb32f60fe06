package io.trunkline.loadtest.scenario;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Peer;
import io.trunkline.loadtest.verdict.Verdict;
import io.trunkline.loadtest.workload.Reader;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Writer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One run of a scenario: a writer and a reader through a proxy, the blow, the recovery, the
 * healing, the verdict.
 *
 * @param scenario what was done
 * @param writes what the writer saw
 * @param reads what the reader saw, every attempt
 * @param healed how long the lab took to be whole again
 */
public record Trial(Scenario scenario, Verdict writes, List<Sample> reads, Duration healed) {
  private static final Duration WARM_UP = Duration.ofMillis(1500);
  private static final Duration COOL_DOWN = Duration.ofMillis(1500);
  private static final int BACK = 25;

  /** Runs it through the write port 5000 and the read port 5001 of that proxy or VIP. */
  public static Trial run(Scenario scenario, Lab lab, Peer proxy) {
    return run(scenario, lab, proxy, scenario.limit());
  }

  /** Runs it and watches for at most that long. */
  public static Trial run(Scenario scenario, Lab lab, Peer proxy, Duration limit) {
    return run(scenario, lab, proxy, limit, _ -> {});
  }

  /** Runs it and shows the writer to somebody who watches too. */
  public static Trial run(
      Scenario scenario, Lab lab, Peer proxy, Duration limit, Consumer<Writer> watcher) {
    return run(scenario, lab, proxy, limit, watcher, () -> {});
  }

  /** Runs it, and tells right after the blow. */
  static Trial run(Scenario scenario, Lab lab, Peer proxy, Runnable struck) {
    return run(scenario, lab, proxy, scenario.limit(), _ -> {}, struck);
  }

  private static Trial run(
      Scenario scenario,
      Lab lab,
      Peer proxy,
      Duration limit,
      Consumer<Writer> watcher,
      Runnable struck) {
    lab.awaitServing(5000, Duration.ofSeconds(30));
    String name = scenario.name() + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    Member before = lab.primary();
    try (Writer writer = Writer.start(name, lab.target(proxy, 5000));
        Reader reader = Reader.start(name, lab.target(proxy, 5001))) {
      watcher.accept(writer);
      pause(WARM_UP);
      scenario.strike(lab);
      struck.run();
      await(scenario, writer, before, limit);
      pause(COOL_DOWN);
      List<Sample> reads = reader.stop();
      writer.stop();
      long healing = System.nanoTime();
      lab.heal();
      Duration healed = Duration.ofNanos(System.nanoTime() - healing);
      return new Trial(scenario, Verdict.of(writer, lab), reads, healed);
    }
  }

  /** The longest time between two answers to the reader. */
  public Duration longestReadGap() {
    Duration longest = Duration.ZERO;
    Sample last = reads.getFirst();
    for (Sample sample : reads) {
      if (sample.acknowledged()) {
        Duration gap = Duration.between(last.end(), sample.end());
        longest = gap.compareTo(longest) > 0 ? gap : longest;
        last = sample;
      }
    }
    return longest;
  }

  private static void await(Scenario scenario, Writer writer, Member before, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < end
        && !(scenario.movesPrimary() && back(writer.samples(), before.address()))) {
      pause(Duration.ofMillis(100));
    }
  }

  private static boolean back(List<Sample> samples, String formerPrimary) {
    return samples.stream()
            .skip(Math.max(0, samples.size() - BACK))
            .filter(Sample::acknowledged)
            .filter(sample -> !formerPrimary.equals(sample.server()))
            .count()
        == BACK;
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
