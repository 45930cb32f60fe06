package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Processor time between two moments: of a proxy, and of the whole machine, which includes what the
 * kernel does for the proxy in nobody's name.
 *
 * @param proxy seconds, if there is one
 * @param machine seconds
 */
record Processor(Optional<Double> proxy, double machine) {
  /** {@code sysconf(_SC_CLK_TCK)}, which is 100 on every Linux that Java runs on. */
  static final double TICKS_PER_SECOND = 100;

  /** Of the first line of {@code /proc/stat}: user, nice, system, irq and softirq. */
  private static final int[] BUSY = {1, 2, 3, 6, 7};

  static Processor now(Contender contender) {
    return new Processor(contender.proxy().map(it -> spent(it.pid())), busy());
  }

  Processor since(Processor before) {
    return new Processor(
        proxy.map(it -> it - before.proxy.orElseThrow()), machine - before.machine);
  }

  /** The sample with what one of so many units of work took. */
  Sample each(Sample sample, double units) {
    Sample result = sample.with(Figure.MACHINE_CPU, machine * 1e6 / units);
    return proxy.isPresent() ? result.with(Figure.PROXY_CPU, proxy.get() * 1e6 / units) : result;
  }

  /** Seconds that a process has taken so far, all its threads, in user and kernel mode. */
  static double spent(long pid) {
    Modes modes = Modes.of(pid);
    return modes.user() + modes.kernel();
  }

  private static double busy() {
    String[] fields = read(Path.of("/proc/stat")).lines().findFirst().orElseThrow().split(" +", -1);
    long ticks = 0;
    for (int field : BUSY) {
      ticks += Long.parseLong(fields[field]);
    }
    return ticks / TICKS_PER_SECOND;
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new LabException(file + ": the process has gone", e);
    }
  }
}
