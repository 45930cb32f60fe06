package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.Project;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Heap memory that the event loops of sessions have allocated, by the JVM's own count. */
final class Allocated {
  private static final Pattern THREAD =
      Pattern.compile("^\"trunkline-session.* allocated=(\\d+)([BKMG]) ", Pattern.MULTILINE);

  private static final Map<String, Double> UNITS =
      Map.of("B", 1.0, "K", 1024.0, "M", 1024.0 * 1024, "G", 1024.0 * 1024 * 1024);

  private Allocated() {}

  /** Bytes since that daemon has begun. */
  static double bytes(long pid) {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    return in(Project.run(30, jcmd.toString(), Long.toString(pid), "Thread.print", "-e"));
  }

  static double in(String threads) {
    return THREAD
        .matcher(threads)
        .results()
        .mapToDouble(Allocated::bytes)
        .reduce(Double::sum)
        .orElseThrow(() -> new IllegalArgumentException("no event loop in " + threads));
  }

  private static double bytes(MatchResult found) {
    return Double.parseDouble(found.group(1)) * UNITS.get(found.group(2));
  }
}
