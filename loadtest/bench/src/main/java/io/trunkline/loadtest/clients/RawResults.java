package io.trunkline.loadtest.clients;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.trunkline.loadtest.lab.Project;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is left of a measurement in {@code loadtest/bench/target/clients}. */
final class RawResults {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RawResults() {}

  private static Path target() {
    return Project.file("loadtest/bench/target/clients");
  }

  /** Every attempt of every client of one event. Returns the folder. */
  static Path save(String run, Clients clients) {
    Path folder = target().resolve(run);
    try {
      Files.createDirectories(folder);
      try (Stream<Path> files = Files.list(clients.directory())) {
        for (Path file : files.toList()) {
          Files.copy(
              file,
              folder.resolve(file.getFileName().toString()),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }
      ClientLog pooled = clients.logs().get(Program.PGJDBC);
      if (pooled != null) {
        List<String> lines = pooled.attempts().stream().map(Attempt::toString).toList();
        Files.write(folder.resolve(Program.PGJDBC.id() + ".txt"), lines);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An object for each cell, times in milliseconds. Returns the file. */
  static Path save(List<Cell> cells) throws IOException {
    Path file = target().resolve("clients.json");
    Files.createDirectories(target());
    JSON.writerWithDefaultPrettyPrinter()
        .writeValue(file.toFile(), cells.stream().map(RawResults::row).toList());
    return file;
  }

  private static Map<String, @Nullable Object> row(Cell cell) {
    Findings findings = cell.findings();
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("client", cell.program().id());
    row.put("version", findings.version());
    row.put("listener", cell.encryption().name());
    row.put("event", cell.event().name());
    row.put("acknowledged", findings.acknowledged());
    row.put("gap_ms", findings.gap().toMillis());
    row.put("after_promotion_ms", findings.afterPromotion().map(Duration::toMillis).orElse(null));
    row.put("recovered", findings.recovered());
    row.put("lost", findings.lost());
    row.put("failures", findings.failures().entrySet().stream().map(RawResults::failure).toList());
    return row;
  }

  private static Map<String, @Nullable Object> failure(Map.Entry<Failure, Integer> entry) {
    Map<String, @Nullable Object> row = new LinkedHashMap<>();
    row.put("times", entry.getValue());
    row.put("type", entry.getKey().type());
    row.put("sqlstate", entry.getKey().state());
    row.put("message", entry.getKey().message());
    return row;
  }
}
