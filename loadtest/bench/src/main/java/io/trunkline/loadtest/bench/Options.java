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
 * @param trunkline the launcher of the daemon, when it is not the one in the build directory
 * @param page whether the page is only to be written anew, from the published results
 */
record Options(
    boolean quick,
    int pairs,
    double seconds,
    double minutes,
    List<String> cases,
    Optional<Path> haproxy,
    Optional<Path> trunkline,
    boolean page) {

  static Options of(String[] args) {
    boolean quick = value(args, "QUICK").isPresent();
    return new Options(
        quick,
        value(args, "PAIRS").map(Integer::parseInt).orElse(quick ? 3 : 7),
        value(args, "SECONDS").map(Double::parseDouble).orElse(quick ? 1.0 : 5.0),
        value(args, "MINUTES").map(Double::parseDouble).orElse(quick ? 0.05 : 60.0),
        value(args, "CASES").map(it -> List.of(it.split("[ ,]+", -1))).orElse(List.of()),
        program(args, "HAPROXY"),
        program(args, "TRUNKLINE"),
        value(args, "PAGE").isPresent());
  }

  private static Optional<Path> program(String[] args, String name) {
    Optional<Path> program = value(args, name).map(Path::of);
    program
        .filter(path -> !Files.isExecutable(path))
        .ifPresent(
            path -> {
              throw new IllegalArgumentException(name + "=" + path + " cannot be executed");
            });
    return program;
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
