package io.trunkline.packaging.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.ConfigResult;
import io.trunkline.packaging.SampleCluster;
import io.trunkline.packaging.SampleConfig;
import io.trunkline.packaging.SampleNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMetersTest {
  private static final Path PEM =
      Path.of("src", "test", "resources", "io", "trunkline", "packaging", "imports", "pem");
  private static final double END_OF_2119 =
      (double) Instant.parse("2120-01-01T00:00:00Z").getEpochSecond();

  private static final Path EXPIRED =
      Path.of("..", "config", "src", "test", "resources", "io", "trunkline", "config", "pem")
          .resolve("expired.crt");

  @TempDir Path directory;
  private Path chain;
  private Path authorities;
  private Metrics metrics;

  @BeforeEach
  void configure() throws IOException {
    chain = Files.copy(PEM.resolve("both.pem"), directory.resolve("proxy.pem"));
    authorities = Files.copy(PEM.resolve("ca.crt"), directory.resolve("ca.crt"));
    Path file = SampleConfig.write(directory);
    String tls =
        "route: primary, tls: {mode: terminate, cert: \"%s\", client_ca: \"%s\"}"
            .formatted(chain, authorities);
    Files.writeString(file, Files.readString(file).replace("route: primary", tls));
    if (!(new ConfigLoader(Map.of()).load(file) instanceof ConfigResult.Valid valid)) {
      throw new AssertionError("the configuration is bad");
    }
    metrics = new Metrics(new SampleNode(valid.config(), SampleCluster.healthy()).facts(), () -> 0);
  }

  private List<String> told() {
    return metrics.scrape().lines().filter(line -> line.startsWith("trunkline_tls")).toList();
  }

  private static String sample(Path file, String use, double until) {
    return "trunkline_tls_certificate_expiry_timestamp_seconds{file=\"%s\",use=\"%s\"} %s"
        .formatted(file, use, until);
  }

  private void append(Path file, Path more) throws IOException {
    Files.writeString(file, Files.readString(file) + Files.readString(more));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
  }

  @Test
  void eachFileAndWhatItIsFor() {
    assertThat(told())
        .containsExactlyInAnyOrder(
            sample(chain, "certificate", END_OF_2119),
            sample(authorities, "authorities", END_OF_2119));
  }

  @Test
  void aChainEndsWithItsFirstAndAuthoritiesWithTheirLast() throws IOException {
    told();
    append(chain, EXPIRED);
    append(authorities, EXPIRED);
    assertThat(told())
        .contains(sample(authorities, "authorities", END_OF_2119))
        .doesNotContain(sample(chain, "certificate", END_OF_2119));
  }

  @Test
  void aFileThatCannotBeReadKeepsWhatWasReadOfItLast() throws IOException {
    List<String> before = told();
    Files.delete(chain);
    Files.writeString(authorities, "nothing");
    Files.setLastModifiedTime(authorities, FileTime.from(Instant.now().plusSeconds(5)));
    assertThat(told()).isEqualTo(before);
  }
}
