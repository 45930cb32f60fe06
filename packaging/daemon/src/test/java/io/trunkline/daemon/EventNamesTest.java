package io.trunkline.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.routing.EventName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/logs.md has every event that there is, with its severity, and no other. */
class EventNamesTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "logs.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`[a-z_`, ]+`) \\| ([a-z, ]+) \\|(?: .+)? \\| .+ \\|$");

  /** Of names that share a row each has some of the severities that it has. */
  @Test
  void everyEventWithItsSeverityAndNoOther() throws IOException {
    Map<String, Set<String>> documented = new TreeMap<>();
    ROW.matcher(Files.readString(PAGE))
        .results()
        .forEach(
            row -> {
              for (String name : row.group(1).replace("`", "").split(", ", -1)) {
                documented.put(name, Set.of(row.group(2).split(", ", -1)));
              }
            });
    assertThat(documented.keySet())
        .isEqualTo(
            Arrays.stream(EventName.values()).map(EventName::label).collect(Collectors.toSet()));
    for (EventName name : EventName.values()) {
      assertThat(documented.get(name.label()))
          .as("%s", name)
          .contains(name.mildest().label(), name.worst().label());
    }
  }
}
