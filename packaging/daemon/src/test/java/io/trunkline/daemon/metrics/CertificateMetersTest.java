package io.trunkline.daemon.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Validity;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateMetersTest {
  private static final Path CHAIN = Path.of("/etc/proxy.pem");
  private static final Path AUTHORITIES = Path.of("/etc/ca.crt");
  private static final Instant SOON = Instant.parse("2026-12-01T00:00:00Z");
  private static final Instant LATE = Instant.parse("2120-01-01T00:00:00Z");

  @TempDir Path directory;

  private static String sample(Path file, String use, Instant until) {
    return "trunkline_tls_certificate_expiry_timestamp_seconds{file=\"%s\",use=\"%s\"} %s"
        .formatted(file, use, (double) until.getEpochSecond());
  }

  private static List<String> told(Metrics metrics) {
    return metrics.scrape().lines().filter(line -> line.startsWith("trunkline_tls")).toList();
  }

  /** Where one of those that use a file has not gone over to what it holds now, that one counts. */
  @Test
  void whatIsInUseIsToldForEachFileAndWhatItIsFor() throws IOException {
    SampleNode node = new SampleNode(SampleConfig.in(directory), SampleCluster.healthy());
    Metrics metrics = new Metrics(node.facts(), () -> 0);
    node.validities(
        new Validity(CHAIN, false, LATE),
        new Validity(CHAIN, false, SOON),
        new Validity(AUTHORITIES, true, LATE));
    assertThat(told(metrics))
        .containsExactlyInAnyOrder(
            sample(CHAIN, "certificate", SOON), sample(AUTHORITIES, "authorities", LATE));
    node.validities(new Validity(CHAIN, false, LATE));
    assertThat(told(metrics)).containsExactly(sample(CHAIN, "certificate", LATE));
  }
}
