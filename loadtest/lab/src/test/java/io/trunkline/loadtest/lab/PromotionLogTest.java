package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromotionLogTest {
  @Test
  void theEndOfRecoveryIsJoinedWithTheLogLineAfterIt() {
    assertThat(PromotionLog.pair("db-1", List.of(at(1_000)), List.of(at(1_007))))
        .containsExactly(new Promotion("db-1", at(1_000), at(1_007)));
  }

  @Test
  void theEarlierMomentCounts() {
    assertThat(new Promotion("db-1", at(1_000), at(1_007)).acceptsWrites()).isEqualTo(at(1_000));
    assertThat(new Promotion("db-1", null, at(1_007)).acceptsWrites()).isEqualTo(at(1_007));
  }

  @Test
  void aStartWithoutRecoveryHasOnlyALogLine() {
    assertThat(PromotionLog.pair("db-1", List.of(at(5_000)), List.of(at(10), at(5_003))))
        .containsExactly(
            new Promotion("db-1", at(5_000), at(5_003)), new Promotion("db-1", null, at(10)));
  }

  @Test
  void aPromotionThatDiedHasNoLogLine() {
    assertThat(PromotionLog.pair("db-1", List.of(at(1_000), at(90_000)), List.of(at(90_004))))
        .containsExactly(
            new Promotion("db-1", at(1_000), null), new Promotion("db-1", at(90_000), at(90_004)));
  }

  private static Instant at(long millis) {
    return Instant.ofEpochMilli(millis);
  }
}
