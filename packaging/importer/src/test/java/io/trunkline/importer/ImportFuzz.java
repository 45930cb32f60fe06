package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ConfigResult;
import io.trunkline.config.Problem;
import io.trunkline.importer.common.Dialect;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.testing.Cost;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of HAProxy, keepalived, vip-manager and Patroni. An input is up to three files with {@link
 * #NEXT} between them; the first byte of each says whose it is. What comes of them is a
 * configuration with remarks, or problems, each with its file and line.
 */
public final class ImportFuzz {
  private static final String NEXT = "\u00ff\u00fe";
  private static final int MOST_FILES = 3;

  private ImportFuzz() {}

  /** One input; libFuzzer's name for it. */
  public static void fuzzerTestOneInput(byte[] input) {
    String all = new String(input, StandardCharsets.ISO_8859_1);
    List<ImportSource> sources = new ArrayList<>();
    for (String file : all.split(NEXT, MOST_FILES)) {
      if (file.isEmpty()) {
        return;
      }
      String text =
          new String(
              file.substring(1).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      sources.add(new ImportSource("file" + sources.size(), text, dialect(file.charAt(0))));
    }
    ImportSource[] files = sources.toArray(ImportSource[]::new);
    Cost.bounded(input.length, () -> check(files));
  }

  private static Optional<Dialect> dialect(char choice) {
    Dialect[] dialects = Dialect.values();
    int index = choice % (dialects.length + 1);
    return index == dialects.length ? Optional.empty() : Optional.of(dialects[index]);
  }

  /** What holds of every import of those files. */
  static void check(ImportSource... files) {
    Map<String, Long> lines = new HashMap<>();
    for (ImportSource file : files) {
      lines.put(file.file(), file.text().lines().count() + 1);
    }
    ImportResult result = Importing.translate(files);
    assertThat(Importing.translate(files)).as("again").isEqualTo(result);
    switch (result) {
      case ImportResult.Unreadable(List<Problem> problems) ->
          assertThat(problems)
              .isNotEmpty()
              .allSatisfy(
                  problem -> {
                    assertThat(problem.message()).isNotBlank();
                    // Without a line it is about the whole of the file.
                    assertThat((long) problem.line()).isBetween(0L, lines.get(problem.file()));
                  });
      case ImportResult.Imported imported -> {
        assertThat(imported.remarks())
            .allSatisfy(
                remark -> {
                  assertThat(remark.message()).isNotBlank();
                  assertThat((long) remark.line()).isBetween(1L, lines.get(remark.file()));
                });
        readable(imported);
      }
    }
  }

  /** It may lack values, or have some that {@code check} refuses; the file as such is right. */
  private static void readable(ImportResult.Imported imported) {
    if (Importing.check(imported.yaml()) instanceof ConfigResult.Invalid(var problems)) {
      assertThat(problems)
          .as(imported.yaml())
          .noneMatch(it -> it.message().contains("unknown key"))
          .noneMatch(it -> it.message().contains("is not valid YAML"))
          .noneMatch(it -> it.message().contains("is not allowed here"))
          .allMatch(it -> it.line() > 0 && !it.message().isBlank());
    }
  }
}
