package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/logs.md has every event that the code tells, with its severity, and no other. */
class EventNamesTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "logs.md");
  private static final List<String> MODULES =
      List.of("healthcheck", "proxy", "vip", "packaging/daemon");

  /** A severity, or what chooses between two, and then a name, or what chooses between two. */
  private static final Pattern TOLD =
      Pattern.compile(
          "((?:[\\w.]+\\s*:\\s*)?(?:Event\\.)?Severity\\.[A-Z]+|severity(?:\\(\\w+\\))?)\\s*,"
              + "\\s*((?:[^;\",]*\\?\\s*)?\"[a-z_]+\"(?:\\s*:\\s*\"[a-z_]+\")?)");

  private static final Pattern SEVERITY = Pattern.compile("Severity\\.([A-Z]+)");
  private static final Pattern NAME = Pattern.compile("\"([a-z_]+)\"");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`[a-z_`, ]+`) \\| ([a-z, ]+) \\|(?: .+)? \\| .+ \\|$");

  private static Map<String, Set<String>> told() throws IOException {
    Map<String, Set<String>> told = new TreeMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(Path.of("..", "..", module, "src", "main", "java"))) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          TOLD.matcher(Files.readString(file)).results().forEach(found -> add(told, found));
        }
      }
    }
    return told;
  }

  private static void add(Map<String, Set<String>> told, MatchResult found) {
    List<String> severities =
        SEVERITY
            .matcher(found.group(1))
            .results()
            .map(it -> it.group(1).toLowerCase(Locale.ROOT))
            .toList();
    NAME.matcher(found.group(2))
        .results()
        .forEach(
            name -> told.computeIfAbsent(name.group(1), _ -> new TreeSet<>()).addAll(severities));
  }

  private static Map<String, Set<String>> documented() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(
            row -> {
              Set<String> severities = Set.of(row.group(2).split(", ", -1));
              for (String name : row.group(1).replace("`", "").split(", ", -1)) {
                documented.put(name, severities);
              }
            });
    return documented;
  }

  @Test
  void everyEventAndNoOther() throws IOException {
    assertThat(told()).hasSizeGreaterThan(50);
    assertThat(documented().keySet()).isEqualTo(told().keySet());
  }

  @Test
  void itsSeverity() throws IOException {
    Map<String, Set<String>> documented = documented();
    told()
        .forEach(
            (name, severities) ->
                assertThat(documented.get(name)).as(name).containsAll(severities));
  }
}
