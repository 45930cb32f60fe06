package io.trunkline.loadtest.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What was asked for, as {@code NAME=value} like make's variables.
 *
 * @param quick a short run, whose figures only tell whether something is very wrong
 * @param pairs how many rounds
 * @param seconds of each measurement
 * @param minutes of load before the resident memory is read again
 * @param cases their names; all where there is none
 * @param haproxy another HAProxy than Debian's
 */
record Options(
    boolean quick,
    int pairs,
    double seconds,
    double minutes,
    List<String> cases,
    Optional<Path> haproxy) {

  static Options of(String[] args) {
    boolean quick = value(args, "QUICK").isPresent();
    Optional<Path> haproxy = value(args, "HAPROXY").map(Path::of);
    haproxy
        .filter(path -> !Files.isExecutable(path))
        .ifPresent(
            path -> {
              throw new IllegalArgumentException("HAPROXY=" + path + " cannot be executed");
            });
    return new Options(
        quick,
        value(args, "PAIRS").map(Integer::parseInt).orElse(quick ? 3 : 7),
        value(args, "SECONDS").map(Double::parseDouble).orElse(quick ? 1.0 : 5.0),
        value(args, "MINUTES").map(Double::parseDouble).orElse(quick ? 0.05 : 60.0),
        value(args, "CASES").map(it -> List.of(it.split("[ ,]+", -1))).orElse(List.of()),
        haproxy);
  }

  /** Whether it is the run that the page is about. */
  boolean publishes() {
    return !quick && cases.isEmpty();
  }

  boolean wants(Case it) {
    return cases.isEmpty() ? it.quick() || !quick : cases.contains(it.name());
  }

  private static Optional<String> value(String[] args, String name) {
    return Arrays.stream(args)
        .filter(arg -> arg.startsWith(name + "="))
        .map(arg -> arg.substring(name.length() + 1).strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }
}
