package io.trunkline.loadtest.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KeptSessionsTest {
  private final KeptSessions.Result result =
      KeptSessions.Result.of(
          3,
          List.of("went on", "went on", "ended"),
          List.of("40001", "no error", "40001, then 57P01"));

  @Test
  void whatDidNotGoOnHasEnded() {
    assertThat(result.wentOn()).isEqualTo(2);
    assertThat(result.lost()).isOne();
    assertThat(result.undisturbed()).isOne();
    assertThat(result.ended()).isEqualTo(Map.of("ended", 1, "40001, then 57P01", 1));
    assertThat(result)
        .hasToString(
            "kept sessions: 2 of 3 idle ones went on; of 3 in a transaction 1 got one 40001 and"
                + " went on, 1 no error; ended: {40001, then 57P01=1, ended=1}");
  }

  @Test
  void resultsOfSeveralRunsAddUp() {
    KeptSessions.Result both = result.plus(result);
    assertThat(both.count()).isEqualTo(6);
    assertThat(both.wentOn()).isEqualTo(4);
    assertThat(both.ended()).isEqualTo(Map.of("ended", 2, "40001, then 57P01", 2));
  }
}
