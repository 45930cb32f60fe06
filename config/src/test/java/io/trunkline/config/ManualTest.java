package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/configuration.md and the readers describe the same file. */
class ManualTest {
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

  private final String manual = read();

  @Test
  void its_tables_are_those_of_the_readers() {
    assertThat(manual)
        .as("make config-page writes them anew")
        .isEqualTo(ConfigurationPage.with(manual));
  }

  @Test
  void every_key_has_a_meaning() {
    assertThat(RootReader.KEYS.all().flatMap(section -> section.keys().stream()).map(Key::row))
        .hasSizeGreaterThan(100)
        .allSatisfy(
            row -> assertThat(row).matches("\\| `[a-z0-9_]+` \\| .+ \\| (.+ )?\\| .{5,}\\. \\|"));
  }

  @Test
  void it_has_the_default_listeners() {
    assertThat(manual).contains("```yaml\n" + RootReader.DEFAULT_LISTENERS + "```");
  }

  @Test
  void its_examples_are_valid() {
    List<String> examples = EXAMPLE.matcher(manual).results().map(found -> found.group(1)).toList();

    assertThat(examples).hasSizeGreaterThan((int) RootReader.KEYS.all().count());
    for (String example : examples) {
      String file = example.contains("clusters:") ? example : Loading.withCluster(example);
      Loading.valid(
          file.replace("/etc/trunkline/certs/ca.crt", "pem/ca.crt")
              .replace("/etc/trunkline/certs/proxy.", "pem/ec.")
              .replaceAll("/etc/trunkline/secrets/\\w+", "pem/password.txt"));
    }
  }

  @Test
  void its_links_lead_somewhere() {
    Function<String, String> anchor = heading -> heading.replaceAll("[^a-z0-9_-]", "");
    List<String> anchors =
        manual.lines().filter(line -> line.startsWith("## `")).map(anchor).toList();

    assertThat(Pattern.compile("]\\(#([^)]*)\\)").matcher(manual).results())
        .isNotEmpty()
        .allSatisfy(link -> assertThat(anchors).contains(link.group(1)));
  }

  private static String read() {
    // Surefire runs in the module, an IDE often in the project.
    for (String place : List.of("../docs/configuration.md", "docs/configuration.md")) {
      try {
        return Files.readString(Path.of(place));
      } catch (IOException e) {
        // The next place.
      }
    }
    throw new IllegalStateException("docs/configuration.md is not found");
  }
}
