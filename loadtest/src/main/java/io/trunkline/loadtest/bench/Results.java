package io.trunkline.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One run of the benchmark, as it is kept.
 *
 * @param commit short, with a {@code +} where files were changed since
 * @param machine what it ran on
 * @param seconds of each measurement
 * @param minutes of load before the memory was read again
 * @param notes what else is worth knowing of this run
 */
record Results(
    String commit,
    String date,
    Map<String, String> machine,
    boolean quick,
    int pairs,
    double seconds,
    double minutes,
    List<String> notes,
    List<Row> rows) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  static Results of(Options options, List<Row> rows) {
    return new Results(
        head(),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Machine.facts(),
        options.quick(),
        options.pairs(),
        options.seconds(),
        options.minutes(),
        List.of(),
        List.copyOf(rows));
  }

  Optional<Row> row(String id) {
    return rows.stream().filter(row -> row.id().equals(id)).findFirst();
  }

  /** Where every run is kept until {@code make clean}. */
  static Path directory() {
    return Project.loadtest().resolve("target/bench/results");
  }

  static Results read(Path file) throws IOException {
    return MAPPER.readValue(file.toFile(), Results.class);
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    MAPPER.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
  }

  private static String head() {
    String repository = Project.loadtest().getParent().toString();
    String commit = Project.run(5, "git", "-C", repository, "rev-parse", "--short", "HEAD").strip();
    String changes =
        Project.run(10, "git", "-C", repository, "status", "--porcelain", "--", "*.java", "*.sh");
    return changes.isBlank() ? commit : commit + "+";
  }
}
