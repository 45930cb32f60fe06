package io.trunkline.testing;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Waits for what must come, and says what did not. */
public final class Await {
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration INTERVAL = Duration.ofMillis(5);

  private Await() {}

  /** Waits until that is so; returns how long it took. */
  public static Duration until(Callable<Boolean> condition) {
    return until("what the test waits for", PATIENCE, condition);
  }

  /** Waits until that is so, at most so long; returns how long it took. */
  public static Duration until(String what, Duration most, Callable<Boolean> condition) {
    long begun = System.nanoTime();
    value(what, most, () -> condition.call() ? Optional.of(true) : Optional.empty());
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Waits until no thread has a name that begins like that. */
  public static void end(String threads) {
    until(
        "end of the threads " + threads,
        PATIENCE,
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(it -> it.getName().startsWith(threads)));
  }

  /** Waits until there is a value. */
  public static <T> T value(String what, Duration most, Callable<Optional<T>> source) {
    long end = System.nanoTime() + most.toNanos();
    while (true) {
      Optional<T> value = call(source);
      if (value.isPresent()) {
        return value.get();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("within " + most + " there was no " + what);
      }
      pause(INTERVAL);
    }
  }

  private static <T> T call(Callable<T> source) {
    try {
      return source.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /**
   * For what is slow, and for what must not happen meanwhile: there is no condition to wait for.
   */
  public static void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
