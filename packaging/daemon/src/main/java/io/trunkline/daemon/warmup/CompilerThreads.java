package io.trunkline.daemon.warmup;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** HotSpot's compilers in this process, as the kernel has them (proc_pid_stat(5)). */
final class CompilerThreads {
  private static final Path TASKS = Path.of("/proc/self/task");

  /** The names of these threads, of which the kernel has 15 bytes. */
  private static final List<String> NAMES = List.of("C1 CompilerThre", "C2 CompilerThre");

  /** Fields 14 and 15 of the line, counted from what follows the name. */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  /** USER_HZ is 100 on every platform that the daemon runs on. */
  private static final Duration TICK = Duration.ofMillis(10);

  private final List<Path> stats = new ArrayList<>();

  /**
   * Those that there are now.
   *
   * @throws IOException if they cannot be found
   */
  CompilerThreads() throws IOException {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
      for (Path task : tasks) {
        if (NAMES.contains(read(task.resolve("comm")).strip())) {
          stats.add(task.resolve("stat"));
        }
      }
    }
  }

  /** Their processor time so far. */
  Duration spent() {
    return TICK.multipliedBy(stats.stream().mapToLong(CompilerThreads::ticks).sum());
  }

  private static long ticks(Path stat) {
    String line = read(stat);
    if (line.isEmpty()) {
      return 0;
    }
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
  }

  /** Empty: that thread has ended. */
  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }
}
