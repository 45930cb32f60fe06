package io.trunkline.loadtest.lab;

import static java.lang.ProcessBuilder.Redirect.INHERIT;
import static java.lang.ProcessBuilder.Redirect.PIPE;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Where this project's own files are, whether Maven or a script started the JVM. */
public final class Project {
  private Project() {}

  public static Path loadtest() {
    Path here = Path.of("").toAbsolutePath();
    for (Path candidate :
        new Path[] {here, here.resolve("loadtest"), here.resolveSibling("loadtest")}) {
      if (Files.isExecutable(candidate.resolve("prepare.sh"))) {
        return candidate;
      }
    }
    throw new LabException("prepare.sh of loadtest/ not found from " + here);
  }

  /** The built daemon: {@code bin/trunkline} and {@code lib/}. */
  public static Path distribution() {
    Path built = loadtest().resolveSibling("packaging").resolve("target").resolve("trunkline");
    if (!Files.isExecutable(built.resolve("bin").resolve("trunkline"))) {
      throw new LabException("the daemon is not built: " + built + " (run `make build`)");
    }
    return built;
  }

  /** This module, compiled. */
  static Path classes() {
    return loadtest().resolve("target").resolve("classes");
  }

  /** Runs prepare.sh, which ends at once when everything is there, for the lab image's name. */
  static String image() {
    return prepare(loadtest());
  }

  /** The same for the image of a machine that systemd runs. */
  static String systemdImage() {
    return prepare(loadtest(), "systemd");
  }

  /** The same for the image with the drivers. */
  static String driversImage() {
    return prepare(loadtest().resolve("clients"));
  }

  /** The client programs. */
  static Path programs() {
    return loadtest().resolve("clients").resolve("programs");
  }

  /** Builds the Debian package of the built daemon. */
  static Path debianPackage() {
    Path build = distribution().resolveSibling("..").resolve("debian").resolve("build.sh");
    return Path.of(lastLine(run(INHERIT, 300, build.normalize().toString())));
  }

  private static String prepare(Path directory, String... arguments) {
    List<String> command = new ArrayList<>(List.of(directory.resolve("prepare.sh").toString()));
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
