package io.trunkline.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ConfigResult;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is asked of Patroni, and what is expected of the answer, says the route; or nothing does.
 */
class ChecksTest {
  static Stream<String> checks() {
    return Importing.text("checks.txt")
        .lines()
        .filter(line -> !line.startsWith("#") && !line.isBlank());
  }

  @ParameterizedTest
  @MethodSource("checks")
  void theRouteThatACheckMakes(String row) {
    int arrow = row.lastIndexOf("=>");
    ImportResult.Imported imported = Importing.imported(Importing.haproxy(listen(row)));
    String yaml = imported.yaml();
    assertThat(value(yaml, "route") + value(yaml, "fallback") + value(yaml, "max_lag"))
        .as(yaml)
        .isEqualTo(" " + row.substring(arrow + 2).strip());
    boolean told = !row.endsWith("CHANGE_ME");
    assertThat(Importing.check(Importing.filledIn(yaml)) instanceof ConfigResult.Valid)
        .as(yaml)
        .isEqualTo(told);
    assertThat(imported.remarks().toString().contains("write which members it is for"))
        .as(yaml)
        .isEqualTo(!told);
  }

  /** A listener with such a check. */
  static String listen(String row) {
    return "listen x\n bind *:5000\n "
        + row.substring(0, row.lastIndexOf("=>")).strip().replace("; ", "\n ")
        + "\n server a 10.0.0.1:5432 check port 8008"
        + "\n server b 10.0.0.2:5432 check port 8008\n";
  }

  private static String value(String yaml, String key) {
    return yaml.lines()
        .filter(line -> line.startsWith("    " + key + ": "))
        .map(line -> line.substring(line.indexOf(':') + 1))
        .findFirst()
        .orElse("");
  }
}
