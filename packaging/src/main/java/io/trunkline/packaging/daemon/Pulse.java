package io.trunkline.packaging.daemon;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Tells the service manager what the daemon does, when that changes and at most once a second, and
 * that it works. A sign of life is given only when every observer has brought a view, and when a
 * round through every loop that serves has come back: while one of them hangs there is none.
 */
final class Pulse implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final StatusLine line;
  private final Health health;
  private final Supplier<CompletableFuture<Void>> round;
  private final ServiceManager manager;
  private final AtomicBoolean underWay = new AtomicBoolean();
  private final ScheduledFuture<?> beats;
  private String told = "";

  /**
   * @param round completes when every loop that serves has come to it
   */
  Pulse(
      StatusLine line,
      Health health,
      Supplier<CompletableFuture<Void>> round,
      ServiceManager manager,
      EventLoopGroup loop) {
    this.line = line;
    this.health = health;
    this.round = round;
    this.manager = manager;
    long nanos = PERIOD.toNanos();
    this.beats = loop.scheduleAtFixedRate(this::beat, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    beats.cancel(false);
  }

  private void beat() {
    if (manager.watchdog() && health.ailment().isEmpty()) {
      sendRound();
    }
    String status = line.text();
    if (!status.equals(told)) {
      told = status;
      manager.status(status);
    }
  }

  private void sendRound() {
    if (!underWay.compareAndSet(false, true)) {
      return;
    }
    departure()
        .whenComplete(
            (_, failure) -> {
              underWay.set(false);
              if (failure == null) {
                manager.alive();
              }
            });
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
