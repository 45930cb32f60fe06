package io.trunkline.loadtest.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  static Results of(Options options, List<String> notes, List<Row> rows) {
    return new Results(
        head(),
        LocalDate.now(ZoneOffset.UTC).toString(),
        Machine.facts(),
        options.quick(),
        options.pairs(),
        options.seconds(),
        options.minutes(),
        List.copyOf(notes),
        List.copyOf(rows));
  }

  Optional<Row> row(String id) {
    return rows.stream().filter(row -> row.id().equals(id)).findFirst();
  }

  /** Where every run is kept until {@code make clean}. */
  static Path directory() {
    return Project.file("loadtest/bench/target/results");
  }

  /** The run whose tables are on the page. */
  static Path published() {
    return Project.file("docs/performance.json");
  }

  /**
   * What those results are to be compared with: the last run of the same kind of another commit
   * that is kept here; for a full run the published one, if there is none.
   */
  static Optional<Results> before(Results now) throws IOException {
    List<Results> candidates = new ArrayList<>();
    if (!now.quick && Files.exists(published())) {
      candidates.add(read(published()));
    }
    if (Files.exists(directory())) {
      try (Stream<Path> files = Files.list(directory())) {
        for (Path file : files.sorted().toList()) {
          candidates.add(read(file));
        }
      }
    }
    return candidates.stream()
        .filter(it -> it.quick == now.quick && !it.commit.equals(now.commit))
        .filter(it -> it.rows.stream().anyMatch(row -> now.row(row.id()).isPresent()))
        .reduce((_, later) -> later);
  }

  void keep() throws IOException {
    write(directory().resolve(System.currentTimeMillis() / 1000 + "-" + commit + ".json"));
  }

  static Results read(Path file) throws IOException {
    return MAPPER.readValue(file.toFile(), Results.class);
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    MAPPER.writeValue(file.toFile(), this);
  }

  private static String head() {
    String repository = Project.file("").toString();
    String commit = Project.run(5, "git", "-C", repository, "rev-parse", "--short", "HEAD").strip();
    String changes =
        Project.run(10, "git", "-C", repository, "status", "--porcelain", "--", "*.java", "*.sh");
    return changes.isBlank() ? commit : commit + "+";
  }
}
