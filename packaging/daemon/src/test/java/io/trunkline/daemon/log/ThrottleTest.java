package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ThrottleTest {
  private static final Instant START = Instant.EPOCH;

  private final Throttle throttle = new Throttle(Duration.ofSeconds(10), 3);

  @Test
  void theSameOncePerPeriodWithACount() {
    assertThat(throttle.pass("a", START)).isEqualTo(OptionalInt.of(0));
    for (int i = 1; i < 10; i++) {
      assertThat(throttle.pass("a", START.plusSeconds(i))).isEmpty();
    }
    assertThat(throttle.pass("a", START.plusSeconds(10))).isEqualTo(OptionalInt.of(9));
    assertThat(throttle.pass("a", START.plusSeconds(20))).isEqualTo(OptionalInt.of(0));
  }

  @Test
  void othersPass() {
    assertThat(throttle.pass("a", START)).isPresent();
    assertThat(throttle.pass("b", START)).isPresent();
  }

  @Test
  void remembersOnlySoMany() {
    for (String message : new String[] {"a", "b", "c", "d"}) {
      assertThat(throttle.pass(message, START)).isPresent();
    }
    assertThat(throttle.pass("d", START)).isEmpty();
    assertThat(throttle.pass("a", START)).isEqualTo(OptionalInt.of(0));
  }
}
