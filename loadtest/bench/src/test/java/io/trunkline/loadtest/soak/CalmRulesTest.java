package io.trunkline.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.ProxyState;
import java.time.Instant;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CalmRulesTest {
  private static final ProxyState GOOD = state(10, 1000, 400, 50, 40);

  private static ProxyState state(
      int connections, long megabytes, long heap, int descriptors, int threads) {
    return new ProxyState(
        "proxy-1",
        true,
        "",
        true,
        0,
        connections,
        megabytes << 20,
        heap << 20,
        descriptors,
        threads);
  }

  private static ProxyState with(boolean ready, boolean holds, int queued) {
    return new ProxyState(
        "proxy-2", ready, ready ? "" : "no primary", holds, queued, 10, 1000, 400, 50, 40);
  }

  private static List<Calm> calms(int count, IntFunction<ProxyState> states) {
    return IntStream.range(0, count)
        .mapToObj(i -> new Calm(i, Instant.ofEpochSecond(100L * i), List.of(states.apply(i))))
        .toList();
  }

  private static void expect(List<Calm> calms, Rule... rules) {
    assertThat(CalmRules.check(calms)).extracting(Finding::rule).containsExactly(rules);
  }

  private static List<Calm> two(ProxyState other) {
    return List.of(new Calm(1, Instant.EPOCH, List.of(GOOD, other)));
  }

  @Test
  void whatIsSettled() {
    expect(two(with(true, false, 0)));
    assertThat(CalmRules.settled(two(with(true, false, 0)).getFirst())).isTrue();
  }

  @Test
  void whatIsNot() {
    expect(two(with(true, false, 1)), Rule.QUEUED);
    expect(two(with(false, false, 0)), Rule.NOT_READY);
    expect(two(with(true, true, 0)), Rule.HOLDERS);
    expect(List.of(new Calm(1, Instant.EPOCH, List.of(with(true, false, 0)))), Rule.HOLDERS);
    assertThat(CalmRules.settled(two(with(true, true, 0)).getFirst())).isFalse();
  }

  private static List<Calm> descriptors(int count, IntUnaryOperator number) {
    return calms(count, i -> state(10, 1000, 400, number.applyAsInt(i), 40));
  }

  @Test
  void descriptorsThatGrow() {
    expect(descriptors(12, i -> 50 + 4 * i), Rule.GROWTH);
    expect(descriptors(12, i -> i == 11 ? 500 : 50));
    expect(descriptors(5, i -> 50 + 40 * i));
  }

  @Test
  void descriptorsOfSessionsAreNotGrowth() {
    expect(calms(12, i -> state(10 + 10 * i, 1000, 400, 50 + 20 * i, 40)));
  }

  @Test
  void threadsAndMemoryThatGrow() {
    expect(calms(12, i -> state(10, 1000, 400, 50, 40 + 2 * i)), Rule.GROWTH);
    expect(calms(12, i -> state(10, 1000 + 200 * i, 400, 50, 40)), Rule.GROWTH);
    expect(calms(12, i -> state(10, 1000, 400 + 30 * i, 50, 40)), Rule.GROWTH);
    expect(calms(12, i -> state(10, 1000 + 10 * i, 400, 50, 40)));
  }
}
