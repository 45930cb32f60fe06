package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How long garbage collections stopped the daemons, by their JVMs' own logs (-Xlog:gc).
 *
 * @param first in the first seconds of a process, while it loads and compiles its code
 * @param millis all others
 */
record GcPauses(List<Double> first, List<Double> millis) {
  /** What a daemon's log of them is called. */
  static final String LOG = "gc.log";

  static final double LONG_MILLIS = 5;
  private static final double FIRST_SECONDS = 10;

  private static final Pattern PAUSE = Pattern.compile("^\\[([0-9.]+)s\\].* Pause .* ([0-9.]+)ms$");

  /** Of all logs of this name in that directory and in those in it. */
  static GcPauses in(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory, 2)) {
      return of(
          files.filter(file -> file.getFileName().toString().equals(LOG)).flatMap(GcPauses::lines));
    }
  }

  /** Of one daemon. */
  static GcPauses of(Path log) {
    return of(lines(log));
  }

  static GcPauses of(Stream<String> lines) {
    Map<Boolean, List<Double>> byAge =
        lines
            .map(PAUSE::matcher)
            .filter(Matcher::find)
            .collect(
                Collectors.partitioningBy(
                    found -> Double.parseDouble(found.group(1)) < FIRST_SECONDS,
                    Collectors.mapping(
                        found -> Double.valueOf(found.group(2)), Collectors.toList())));
    return new GcPauses(byAge.get(true), byAge.get(false));
  }

  int longerThanLimit() {
    return (int) millis.stream().filter(it -> it > LONG_MILLIS).count();
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "Garbage collection stopped Trunkline's daemons %d times after their first %.0f s, %d times"
            + " for more than %.0f ms; the longest pause was %.1f ms. In those first seconds the"
            + " longest was %.1f ms.",
        millis.size(),
        FIRST_SECONDS,
        longerThanLimit(),
        LONG_MILLIS,
        longest(),
        longest(first));
  }

  double longest() {
    return longest(millis);
  }

  private static double longest(List<Double> pauses) {
    return pauses.stream().mapToDouble(it -> it).max().orElse(0);
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
