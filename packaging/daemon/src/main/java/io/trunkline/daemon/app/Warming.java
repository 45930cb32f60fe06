package io.trunkline.daemon.app;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.daemon.warmup.WarmUp;
import io.trunkline.routing.Event;
import io.trunkline.routing.EventName;
import io.trunkline.routing.EventSink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;

/**
 * The warm-up of this process, beside everything else that it does at its start. What is not done
 * when the daemon has to serve goes on with pauses.
 */
final class Warming implements AutoCloseable {
  /** It ends when nothing is left to compile; on a machine that is very busy that may take long. */
  private static final Duration LONGEST = Duration.ofSeconds(90);

  private final WarmUp warmUp;
  private final EventSink events;
  private final InstantSource clock;
  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private boolean started;
  private volatile boolean closed;

  Warming(TrunklineConfig config, EventSink events, InstantSource clock) {
    this.warmUp = new WarmUp(config, clock);
    this.events = events;
    this.clock = clock;
    if (config.warmUp().isZero()) {
      done.complete(null);
    }
  }

  /** Begins, unless it has begun or there is to be none. */
  synchronized void start() {
    if (!started && !done.isDone()) {
      started = true;
      Thread.ofPlatform().name("warm-up").daemon().start(this::run);
    }
  }

  private void run() {
    try {
      WarmUp.Result result = warmUp.run(LONGEST);
      if (closed) {
        return;
      }
      emit(
          EventName.DAEMON_WARMED_UP,
          "took_ms",
          result.took().toMillis(),
          "transactions",
          result.transactions().values().stream().mapToLong(Long::longValue).sum(),
          "settled",
          result.settled());
    } catch (IOException | RuntimeException e) {
      emit(EventName.DAEMON_WARM_UP_FAILED, "why", e.getMessage());
    } finally {
      done.complete(null);
    }
  }

  private void emit(EventName name, Object... fields) {
    events.emit(Event.of(clock.instant(), name, fields));
  }

  /** Whether much of the code that serves clients is not compiled yet. */
  boolean cold() {
    return !done.isDone();
  }

  /** Completes when it is over, also if it failed, or when the daemon serves without. */
  CompletableFuture<Void> done() {
    return done.copy();
  }

  /** The daemon serves from now on: what is left is done beside that. */
  void giveWay() {
    warmUp.giveWay();
    done.complete(null);
  }

  /** Ends it. */
  @Override
  public void close() {
    closed = true;
    warmUp.stop();
    done.complete(null);
  }
}
