package io.trunkline.loadtest.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** How long garbage collections stopped the daemons, by their JVMs' own logs (-Xlog:gc). */
record GcPauses(List<Double> millis) {
  static final double LONG_MILLIS = 5;

  private static final Pattern PAUSE = Pattern.compile(" Pause .* ([0-9.]+)ms$");

  /** Of all logs of this name in that directory. */
  static GcPauses in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return of(
          files
              .filter(file -> file.getFileName().toString().matches("gc-.*\\.log"))
              .flatMap(GcPauses::lines));
    }
  }

  static GcPauses of(Stream<String> lines) {
    return new GcPauses(
        lines
            .map(PAUSE::matcher)
            .filter(Matcher::find)
            .map(found -> Double.valueOf(found.group(1)))
            .toList());
  }

  long longerThanLimit() {
    return millis.stream().filter(it -> it > LONG_MILLIS).count();
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "Garbage collection stopped Trunkline's daemons %d times in the whole run, %d times for"
            + " more than %.0f ms; the longest pause was %.1f ms.",
        millis.size(),
        longerThanLimit(),
        LONG_MILLIS,
        millis.stream().mapToDouble(it -> it).max().orElse(0));
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
