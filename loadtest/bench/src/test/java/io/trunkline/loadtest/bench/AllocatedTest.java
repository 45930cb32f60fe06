package io.trunkline.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class AllocatedTest {
  private static final String THREADS =
      """
      "main" #1 [1] prio=5 os_prio=0 cpu=1.00ms elapsed=1.00s allocated=9M defined_classes=1 tid=0x1
      "trunkline-session-4-1" #19 [47] prio=5 os_prio=0 cpu=3.58ms elapsed=1.28s allocated=1741K \
      defined_classes=58 tid=0x2
      "trunkline-session-4-2" #22 [48] prio=5 os_prio=0 cpu=3.81ms elapsed=1.23s allocated=120M \
      defined_classes=35 tid=0x3
      """;

  @Test
  void onlyTheEventLoopsOfSessionsCount() {
    assertThat(Allocated.in(THREADS)).isEqualTo(1741 * 1024.0 + 120 * 1024.0 * 1024.0);
  }

  @Test
  void noneIsNotNothingAllocated() {
    assertThatThrownBy(() -> Allocated.in("\"main\" allocated=9M "))
        .hasMessageContaining("no event loop");
  }
}
