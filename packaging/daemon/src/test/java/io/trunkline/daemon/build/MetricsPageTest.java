package io.trunkline.daemon.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsPageTest {
  private static final Path PAGE = Path.of("..", "..", "docs", "metrics.md");

  @TempDir Path directory;

  @Test
  void thePageIsWhatTheDaemonTells() throws IOException {
    String page = Files.readString(PAGE);
    assertThat(page)
        .as("make metrics-page writes it anew")
        .isEqualTo(MetricsPage.with(page, MetricsPage.table(directory)));
  }

  @Test
  void everyMetricHasAMeaningAndABaseUnit() throws IOException {
    assertThat(MetricsPage.table(directory).lines().skip(2))
        .hasSizeGreaterThan(50)
        .allSatisfy(
            row ->
                assertThat(row)
                    .matches(
                        "\\| `trunkline_[a-z_]+` \\| (gauge|counter|histogram) \\| [a-zU, ]*"
                            + " \\| [a-z, ]* \\| [A-Z1].{10,} \\|")
                    .doesNotContainPattern("_(milliseconds|minutes|kilobytes|percent)"));
  }
}
