package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {
  private static final Instant START = Instant.EPOCH;

  @Test
  void isLongerEachTimeUpToItsBound() {
    Backoff backoff = Backoff.NONE;
    Instant now = START;
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      backoff = backoff.failed(now).recovered(now);
      seconds.add(Duration.between(now, backoff.until()).toSeconds());
      now = backoff.until();
    }
    assertThat(seconds).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
  }

  @Test
  void beginsWhenTheNodeDoesNotHangAnyMore() {
    Backoff hangs = Backoff.NONE.failed(START);
    assertThat(hangs.until()).isEqualTo(Instant.MAX);
    Instant later = START.plusSeconds(600);
    assertThat(hangs.recovered(later).until()).isEqualTo(later.plus(Backoff.FIRST));
    assertThat(hangs.recovered(later).recovered(later.plusSeconds(60)))
        .as("a start for another reason")
        .isEqualTo(hangs.recovered(later));
    assertThat(Backoff.NONE.recovered(later)).isEqualTo(Backoff.NONE);
  }

  @Test
  void forgetsOneFailureInEachCalmTime() {
    Backoff backoff = Backoff.NONE;
    for (int i = 0; i < 4; i++) {
      backoff = backoff.failed(START).recovered(START);
    }
    assertThat(backoff.failures()).isEqualTo(4);
    Instant calm = backoff.until().plus(Backoff.CALM);
    assertThat(backoff.failed(calm.minusMillis(1)).failures()).isEqualTo(5);
    assertThat(backoff.failed(calm).failures()).isEqualTo(4);
    assertThat(backoff.failed(calm.plus(Backoff.CALM.multipliedBy(9))).failures()).isEqualTo(1);
  }

  @Test
  void whateverHappensItIsBoundedAndNeverShorterThanTheFirst() {
    Random random = new Random(1);
    Backoff backoff = Backoff.NONE;
    Instant now = START;
    for (int i = 0; i < 100_000; i++) {
      now = now.plusMillis(random.nextLong(i % 100 == 0 ? 7_200_000 : 60_000));
      backoff = backoff.failed(now);
      now = now.plusMillis(random.nextLong(5_000));
      backoff = backoff.recovered(now);
      assertThat(backoff.failures()).isBetween(1, Backoff.MOST);
      assertThat(Duration.between(now, backoff.until())).isBetween(Backoff.FIRST, Backoff.LONGEST);
    }
  }
}
