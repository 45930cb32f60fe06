package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class VipWatchdogTest {
  private final Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
  private final AtomicInteger arrived = new AtomicInteger();
  private final VipWatchdog watchdog =
      new VipWatchdog(Set.of("a", "b"), this::depart, arrived::incrementAndGet);

  private CompletableFuture<Void> depart() {
    CompletableFuture<Void> round = new CompletableFuture<>();
    underWay.add(round);
    return round;
  }

  private void lookAtBoth() {
    watchdog.lookedAt("a");
    watchdog.lookedAt("b");
  }

  @Test
  void aRoundCountsWhenItHasComeRound() {
    lookAtBoth();
    assertThat(arrived).hasValue(0);
    underWay.remove().complete(null);
    assertThat(arrived).hasValue(1);
    lookAtBoth();
    underWay.remove().complete(null);
    assertThat(arrived).hasValue(2);
  }

  @Test
  void aHungObserverStopsThem() {
    lookAtBoth();
    underWay.remove().complete(null);
    for (int i = 0; i < 10; i++) {
      watchdog.lookedAt("a");
    }
    assertThat(underWay).isEmpty();
    watchdog.lookedAt("b");
    assertThat(underWay).hasSize(1);
  }

  @Test
  void aHungSessionLoopStopsThem() {
    for (int i = 0; i < 10; i++) {
      lookAtBoth();
    }
    assertThat(underWay).as("no more than one is under way").hasSize(1);
    assertThat(arrived).hasValue(0);
    underWay.remove().complete(null);
    assertThat(arrived).hasValue(1);
    watchdog.lookedAt("a");
    assertThat(underWay).as("both were looked at meanwhile").hasSize(1);
  }

  @Test
  void endedSessionLoopsAreTheEndOfThem() {
    VipWatchdog last =
        new VipWatchdog(
            Set.of("a"),
            () -> {
              throw new RejectedExecutionException("event executor terminated");
            },
            arrived::incrementAndGet);
    last.lookedAt("a");
    last.lookedAt("a");
    assertThat(arrived).hasValue(0);
  }
}
