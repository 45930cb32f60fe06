package io.trunkline.daemon.app;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Finds out whether loops turn: a round goes through all of them, and only when it has come back
 * they count as alive. While one of them hangs none does; at most one is under way.
 */
final class LivenessProbe {
  private final Supplier<CompletableFuture<Void>> round;
  private final Runnable alive;
  private final AtomicBoolean underWay = new AtomicBoolean();

  /**
   * @param round completes when every loop has come to it
   * @param alive is told each time
   */
  LivenessProbe(Supplier<CompletableFuture<Void>> round, Runnable alive) {
    this.round = round;
    this.alive = alive;
  }

  /** Sends a round; false: one is under way. */
  boolean send() {
    if (!underWay.compareAndSet(false, true)) {
      return false;
    }
    departure()
        .whenComplete(
            (_, failure) -> {
              underWay.set(false);
              if (failure == null) {
                alive.run();
              }
            });
    return true;
  }

  private CompletableFuture<Void> departure() {
    try {
      return round.get();
    } catch (RuntimeException e) {
      // A loop that does not take anything any more, or not yet.
      return CompletableFuture.failedFuture(e);
    }
  }
}
