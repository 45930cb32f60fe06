package io.trunkline.vip.kernel;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must come, and says what did not. */
final class Await {
  private static final Duration PAUSE = Duration.ofMillis(10);

  private Await() {}

  /** Returns how long it took. */
  static Duration until(String what, Duration most, BooleanSupplier condition) {
    long begun = System.nanoTime();
    value(what, most, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.empty());
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  static <T> T value(String what, Duration most, Supplier<Optional<T>> supplier) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      Optional<T> value = supplier.get();
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("within " + most + " there was no " + what);
      }
      pause(PAUSE);
    }
  }

  static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
