package io.trunkline.loadtest.lab;

import static java.lang.ProcessBuilder.Redirect.INHERIT;
import static java.lang.ProcessBuilder.Redirect.PIPE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Where this project's own files are, whether Maven or a script started the JVM. */
public final class Project {
  private static final String LAB = "loadtest/lab";
  private static final Object ONE_PACKAGE_AT_A_TIME = new Object();

  private Project() {}

  /** A file of the project, by its path from the top. */
  public static Path file(String path) {
    Path here = Path.of("").toAbsolutePath();
    for (Path top = here; top != null; top = top.getParent()) {
      if (Files.isRegularFile(top.resolve("mvnw"))) {
        return top.resolve(path);
      }
    }
    throw new LabException("no mvnw in " + here + " or above it");
  }

  /** The built daemon: {@code bin/trunkline} and {@code lib/}. */
  public static Path distribution() {
    Path built = file("packaging/target/trunkline");
    if (!Files.isExecutable(built.resolve("bin").resolve("trunkline"))) {
      throw new LabException("the daemon is not built: " + built + " (run `make build`)");
    }
    return built;
  }

  /** The modules of loadtest/ with programs for stations, compiled. */
  static Map<String, Path> classes() {
    return Map.of(
        "lab", file("loadtest/lab/target/classes"), "bench", file("loadtest/bench/target/classes"));
  }

  /** Runs prepare.sh, which ends at once when everything is there, for the lab image's name. */
  static String image(Stack stack) {
    return prepare(LAB, stack.id());
  }

  /** The same for the image of a machine that systemd runs. */
  static String systemdImage() {
    return prepare(LAB, "systemd");
  }

  /** The same for the image with the drivers. */
  static String driversImage() {
    return prepare(LAB + "/clients");
  }

  /** Images that have psql, each another version: Debian 12's, 13's, and the newest. */
  public static List<String> psqlImages() {
    return List.of(image(Stack.DEBIAN12), image(Stack.DEBIAN13), prepare(LAB, "psql"));
  }

  /** What Patroni runs before it stops PostgreSQL. */
  static Path beforeStop() {
    return file("packaging/patroni/trunkline-before-stop");
  }

  /** The client programs. */
  static Path programs() {
    return file(LAB + "/clients/programs");
  }

  /** Builds the Debian package of the built daemon, unless it is there already. */
  static Path debianPackage() {
    Path target = distribution().getParent();
    Path packaging = target.getParent();
    synchronized (ONE_PACKAGE_AT_A_TIME) {
      List<Path> sources =
          List.of(
              distribution(),
              packaging.resolve("debian"),
              packaging.resolve("systemd"),
              packaging.resolve("patroni"));
      return packageIn(target)
          .filter(built -> sources.stream().noneMatch(source -> changedSince(source, built)))
          .orElseGet(
              () ->
                  Path.of(
                      lastLine(
                          run(INHERIT, 600, packaging.resolve("debian/build.sh").toString()))));
    }
  }

  private static Optional<Path> packageIn(Path target) {
    try (DirectoryStream<Path> packages = Files.newDirectoryStream(target, "trunkline_*.deb")) {
      List<Path> found = new ArrayList<>();
      packages.forEach(found::add);
      return found.size() == 1 ? Optional.of(found.getFirst()) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean changedSince(Path tree, Path built) {
    try (Stream<Path> files = Files.walk(tree)) {
      FileTime then = Files.getLastModifiedTime(built);
      for (Path file : files.toList()) {
        if (Files.getLastModifiedTime(file).compareTo(then) >= 0) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String prepare(String folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of(file(folder + "/prepare.sh").toString()));
    command.addAll(List.of(arguments));
    return lastLine(run(INHERIT, 600, command.toArray(String[]::new)));
  }

  private static String lastLine(String output) {
    return output.strip().lines().reduce("", (_, line) -> line);
  }

  /** Runs a program of the host and returns what it printed, errors included. */
  public static String run(int seconds, String... command) {
    return run(PIPE, seconds, command);
  }

  private static String run(Redirect errors, int seconds, String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(errors.equals(PIPE))
              .redirectError(errors)
              .start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new LabException("failed: " + String.join(" ", command) + "\n" + output);
      }
      return output;
    } catch (IOException e) {
      throw new LabException("cannot run " + command[0], e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    }
  }
}
