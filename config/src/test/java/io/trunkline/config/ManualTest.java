package io.trunkline.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md and the readers describe the same file. */
class ManualTest {
  private static final Pattern ROW = Pattern.compile("\\| `([a-z0-9_]+)` \\|.*");
  private static final Pattern EXAMPLE = Pattern.compile("(?ms)^```yaml\n(.*?)^```$");

  private final String manual = read();

  @Test
  void it_has_every_key_and_no_other() {
    Map<String, List<String>> described = new LinkedHashMap<>();
    List<String> section = new ArrayList<>();
    for (String line : manual.lines().toList()) {
      if (line.startsWith("## `")) {
        section = new ArrayList<>();
        described.put(line.substring(4, line.length() - 1).replace("(top level)", ""), section);
      }
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        section.add(row.group(1));
      }
    }

    assertThat(described)
        .isEqualTo(Sections.ALL.stream().collect(Collectors.toMap(Section::path, Section::keys)));
  }

  @Test
  void its_words_are_those_of_the_readers() {
    for (Class<? extends Enum<?>> type :
        List.of(
            RouteKind.class,
            Balance.class,
            ClusterConfig.OnIsolation.class,
            PatroniConfig.Verify.class,
            EtcdConfig.Protocol.class,
            TlsConfig.Mode.class,
            TlsConfig.MinVersion.class,
            SslMode.class,
            VipConfig.Mode.class,
            VipConfig.DuplicateAddress.class,
            LogConfig.Level.class,
            LogConfig.Format.class)) {
      List<String> words = new ArrayList<>();
      for (Enum<?> constant : type.getEnumConstants()) {
        words.add("`" + Words.of(constant) + "`");
      }
      assertThat(manual).contains(" | " + String.join(", ", words) + " | ");
    }
    assertThat(manual).contains(" | `disable`, `require`, `verify_ca`, `verify_full` | ");
  }

  @Test
  void its_examples_are_valid() {
    List<String> examples = EXAMPLE.matcher(manual).results().map(found -> found.group(1)).toList();

    assertThat(examples).hasSizeGreaterThan(Sections.ALL.size());
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
