package io.trunkline.loadtest.bench;

import static io.trunkline.loadtest.bench.Figure.P99;
import static io.trunkline.loadtest.bench.Figure.PROXY_CPU;
import static io.trunkline.loadtest.bench.Figure.THROUGHPUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.verdict.Spread;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {
  @Test
  void aRatioIsThatOfTheSameRoundNotOfTheMedians() {
    Row row =
        new Scripted()
            .with(Way.HAPROXY, THROUGHPUT, 10, 20, 40)
            .with(Way.TRUNKLINE, THROUGHPUT, 20, 30, 40)
            .row("ping-16");

    assertThat(row.ratio(Way.TRUNKLINE, Way.HAPROXY, THROUGHPUT)).contains(new Spread(1.5, 1, 2));
  }

  @Test
  void theBestHaproxyHasTheMostThroughputAndTheLeastProcessorTime() {
    Row throughput =
        new Scripted()
            .with(Way.HAPROXY, THROUGHPUT, 10)
            .with(Way.HAPROXY_TUNED, THROUGHPUT, 12)
            .with(Way.TRUNKLINE, THROUGHPUT, 99)
            .row("ping-16");
    Row processor =
        new Scripted()
            .with(Way.HAPROXY, PROXY_CPU, 10)
            .with(Way.HAPROXY_TUNED, PROXY_CPU, 12)
            .row("ping-16");

    assertThat(throughput.bestHaproxy(THROUGHPUT)).contains(Way.HAPROXY_TUNED);
    assertThat(processor.bestHaproxy(PROXY_CPU)).contains(Way.HAPROXY);
    assertThat(processor.bestHaproxy(THROUGHPUT)).isEmpty();
  }

  @Test
  void whatIsAddedIsTheDifferenceOfEachRound() {
    Row row =
        new Scripted()
            .with(Way.DIRECT, P99, 100, 200)
            .with(Way.TRUNKLINE, P99, 130, 260)
            .row("rate")
            .over(Way.DIRECT, List.of(P99));

    assertThat(row.id()).isEqualTo("rate-added");
    assertThat(row.samples().keySet()).containsExactly(Way.TRUNKLINE);
    assertThat(row.spread(Way.TRUNKLINE, P99)).contains(new Spread(45, 30, 60));
  }

  @Test
  void aGoalIsMetFromItsLimitOn() {
    Row row =
        new Scripted()
            .with(Way.HAPROXY, THROUGHPUT, 100)
            .with(Way.TRUNKLINE, THROUGHPUT, 125)
            .row("ping-16");
    Goal goal = new Goal("ping-16", Way.TRUNKLINE, THROUGHPUT, 1.25, Goal.Against.BEST_HAPROXY);

    Spread reached = goal.reached(row).orElseThrow();

    assertThat(reached.median()).isEqualTo(1.25);
    assertThat(goal.met(reached)).isTrue();
    assertThat(goal.met(new Spread(1.24, 1, 2))).isFalse();
  }
}
