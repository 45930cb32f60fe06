package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Figure.PROXY_CPU;
import static io.trunkline.loadtest.bench.Figure.THROUGHPUT;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static Results run(String commit, Figure figure, double haproxy, double... trunkline) {
    return Scripted.results(
        commit,
        new Scripted()
            .with(Way.HAPROXY, figure, haproxy, haproxy, haproxy)
            .with(Way.TRUNKLINE, figure, trunkline)
            .row("ping-16"));
  }

  @Test
  void lessThroughputThanEverBeforeIsWorse() {
    Comparison comparison =
        new Comparison(
            run("aaa", THROUGHPUT, 100, 110, 120, 130), run("bbb", THROUGHPUT, 100, 90, 100, 100));

    assertThat(comparison.changes())
        .singleElement()
        .satisfies(it -> assertThat(it.worse()).isPositive());
    assertThat(comparison.text())
        .contains("Against commit aaa")
        .contains("1.00 (0.90–1.00), was 1.20");
  }

  @Test
  void lessProcessorTimeIsBetter() {
    Comparison comparison =
        new Comparison(
            run("aaa", PROXY_CPU, 100, 110, 120, 130), run("bbb", PROXY_CPU, 100, 90, 100, 100));

    assertThat(comparison.changes())
        .singleElement()
        .satisfies(it -> assertThat(it.worse()).isNegative());
  }

  @Test
  void aSlowerMachineOrNoiseIsNoChange() {
    Results before = run("aaa", THROUGHPUT, 100, 110, 120, 130);

    assertThat(new Comparison(before, run("bbb", THROUGHPUT, 50, 55, 60, 65)).changes()).isEmpty();
    assertThat(new Comparison(before, run("bbb", THROUGHPUT, 100, 105, 112, 160)).changes())
        .isEmpty();
  }

  @Test
  void whatIsKeptReadsAsItWasWritten(@TempDir Path directory) throws Exception {
    Results results = run("aaa", THROUGHPUT, 100, 110, 120, 130);
    Path file = directory.resolve("results/1.json");

    results.write(file);

    assertThat(Results.read(file)).isEqualTo(results);
  }
}
