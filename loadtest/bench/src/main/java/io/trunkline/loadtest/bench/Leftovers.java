package io.trunkline.loadtest.bench;

import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run that was killed leaves behind. Its processes end with it; directories and a
 * PostgreSQL, which makes itself independent, are removed by the next run.
 */
final class Leftovers {
  private static final String MARK = "trunkline-bench-";
  private static final Path TEMPORARY = Path.of(System.getProperty("java.io.tmpdir"));

  /** What a command begins with whose process is to end when this JVM does (prctl(2)). */
  static final List<String> BOUND_TO_US = List.of("setpriv", "--pdeathsig", "KILL", "--");

  private Leftovers() {}

  /** A new directory that tells whose it is. */
  static Path directory(String name) throws IOException {
    return Files.createTempDirectory(MARK + ProcessHandle.current().pid() + "-" + name);
  }

  static void sweep() throws IOException {
    try (Stream<Path> all = Files.list(TEMPORARY)) {
      all.filter(Leftovers::orphaned).forEach(Leftovers::remove);
    }
    Namespaces.sweep();
  }

  private static boolean orphaned(Path directory) {
    String name = directory.getFileName().toString();
    return name.matches(MARK + "\\d+-.*")
        && ProcessHandle.of(Long.parseLong(name.split("-", -1)[2])).isEmpty();
  }

  private static void remove(Path directory) {
    System.out.println("removing what a dead run left: " + directory);
    Path data = directory.resolve("data");
    if (Files.exists(data.resolve("postmaster.pid"))) {
      try {
        LocalPostgres.stop(data);
      } catch (LabException e) {
        System.out.println("it does not run any more");
      }
    }
    Project.run(60, "rm", "-rf", directory.toString());
  }
}
