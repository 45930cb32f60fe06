package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A package of a module sees itself and those before it (docs/architecture.md). */
public abstract class PackageOrder {
  private final Path sources;
  private final List<String> order;
  private final Pattern imports;

  /**
   * @param module the last part of its package's name
   * @param order its packages, from the one that sees no other
   */
  protected PackageOrder(String module, String... order) {
    this.sources = Path.of("src/main/java/io/trunkline", module);
    this.order = List.of(order);
    this.imports =
        Pattern.compile(
            "(?m)^import (?:static )?io\\.trunkline\\.%s\\.((?:[a-z]+\\.)*)[A-Z]"
                .formatted(module));
  }

  @Test
  void dependencies_point_one_way() throws IOException {
    for (String name : order) {
      List<String> seen = order.subList(0, order.indexOf(name) + 1);
      try (Stream<Path> files = Files.list(sources.resolve(name.replace('.', '/')))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          assertThat(
                  imports
                      .matcher(Files.readString(file))
                      .results()
                      .map(found -> found.group(1).replaceFirst("\\.$", "")))
              .as("%s", file)
              .isSubsetOf(seen);
        }
      }
    }
  }

  @Test
  void every_package_has_its_place() throws IOException {
    try (Stream<Path> found = Files.walk(sources)) {
      assertThat(
              found
                  .filter(each -> Files.isDirectory(each) && !each.equals(sources))
                  .map(each -> sources.relativize(each).toString().replace('/', '.')))
          .containsExactlyInAnyOrderElementsOf(order);
    }
  }
}
