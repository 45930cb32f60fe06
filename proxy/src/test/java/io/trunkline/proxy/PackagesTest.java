package io.trunkline.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package sees itself and those before it (docs/architecture.md). */
class PackagesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/trunkline/proxy");
  private static final List<String> ORDER =
      List.of("stats", "relay", "tls", "admission", "backend", "cancel", "session", "listener");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?io\\.trunkline\\.proxy\\.(?:([a-z]+)\\.)?[A-Z]");

  @Test
  void dependencies_point_one_way() throws IOException {
    for (String name : ORDER) {
      List<String> seen = ORDER.subList(0, ORDER.indexOf(name) + 1);
      try (Stream<Path> files = Files.list(SOURCES.resolve(name))) {
        for (Path file : files.toList()) {
          assertThat(IMPORT.matcher(Files.readString(file)).results().map(found -> found.group(1)))
              .as("%s", file)
              .isSubsetOf(seen);
        }
      }
    }
  }

  @Test
  void every_package_has_its_place() throws IOException {
    try (Stream<Path> found = Files.list(SOURCES).filter(Files::isDirectory)) {
      assertThat(found.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(ORDER);
    }
  }
}
