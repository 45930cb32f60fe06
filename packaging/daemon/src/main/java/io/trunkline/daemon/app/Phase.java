package io.trunkline.daemon.app;

import java.time.Duration;
import java.time.Instant;

/**
 * Where the daemon is between start and stop.
 *
 * <pre>
 *   Starting ──ready──▶ Serving ──drain──▶ Draining ──stop──▶ Stopping
 *       │                 │ ▲                 ▲ ▲
 *       │     an operator │ │ an operator     │ │
 *       │          drains ▼ │ undrains        │ │
 *       │               Drained ────drain─────┘ │
 *       └─────────────────drain─────────────────┘
 * </pre>
 */
sealed interface Phase {

  /** Not told to stop yet. */
  sealed interface Drainable extends Phase {
    default Draining drain(Instant now, Duration timeout) {
      return new Draining(now.plus(timeout));
    }
  }

  /** Not everything is bound, or not every cluster has been seen. */
  record Starting() implements Drainable {
    Serving ready() {
      return new Serving();
    }
  }

  record Serving() implements Drainable {
    Drained standAside(Instant now, String by) {
      return new Drained(now, by);
    }
  }

  /**
   * An operator has drained this node: it goes on, without VIPs and new sessions.
   *
   * @param since when that was
   * @param by who asked for it
   */
  record Drained(Instant since, String by) implements Drainable {
    Serving takePart() {
      return new Serving();
    }
  }

  /**
   * Takes no new sessions; those it has may go on; then the daemon stops.
   *
   * @param deadline until then
   */
  record Draining(Instant deadline) implements Phase {
    Draining noLaterThan(Instant other) {
      return other.isBefore(deadline) ? new Draining(other) : this;
    }

    Stopping stop() {
      return new Stopping();
    }
  }

  record Stopping() implements Phase {}

  /** For status and metrics. */
  default String word() {
    return switch (this) {
      case Starting _ -> "starting";
      case Serving _ -> "serving";
      case Drained _ -> "drained";
      case Draining _ -> "draining";
      case Stopping _ -> "stopping";
    };
  }
}
