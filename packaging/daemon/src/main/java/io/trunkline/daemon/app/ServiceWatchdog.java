package io.trunkline.daemon.app;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells the service manager what the daemon does, when that changes and at most once a second, and
 * that it works. A sign of life is given only when every observer has brought a view, and when a
 * round through every loop that serves has come back: while one of them hangs there is none.
 */
final class ServiceWatchdog implements AutoCloseable {
  private static final Duration PERIOD = Duration.ofSeconds(1);

  private final StatusLine line;
  private final Health health;
  private final ServiceManager manager;
  private final LivenessProbe loops;
  private final ScheduledFuture<?> timer;
  private String told = "";

  /**
   * @param round completes when every loop that serves has come to it
   */
  ServiceWatchdog(
      StatusLine line,
      Health health,
      Supplier<CompletableFuture<Void>> round,
      ServiceManager manager,
      EventLoopGroup loop) {
    this.line = line;
    this.health = health;
    this.manager = manager;
    this.loops = new LivenessProbe(round, manager::alive);
    long nanos = PERIOD.toNanos();
    this.timer = loop.scheduleAtFixedRate(this::onTimer, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timer.cancel(false);
  }

  private void onTimer() {
    if (manager.watchdog() && health.ailment().isEmpty()) {
      loops.send();
    }
    String status = line.text();
    if (!status.equals(told)) {
      told = status;
      manager.status(status);
    }
  }
}
