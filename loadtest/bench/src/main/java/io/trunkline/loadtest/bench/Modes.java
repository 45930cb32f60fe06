package io.trunkline.loadtest.bench;

import java.nio.file.Path;

/** Processor time of a process, all its threads: seconds in its own code, and in the kernel. */
record Modes(double user, double kernel) {
  /** Of {@code /proc/PID/stat}, counted after the name (proc(5): fields 14 and 15). */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  /** Since it began. */
  static Modes of(long pid) {
    String stat = Processor.read(Path.of("/proc", Long.toString(pid), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new Modes(
        Long.parseLong(fields[UTIME]) / Processor.TICKS_PER_SECOND,
        Long.parseLong(fields[STIME]) / Processor.TICKS_PER_SECOND);
  }

  Modes since(Modes before) {
    return new Modes(user - before.user, kernel - before.kernel);
  }
}
