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

  /** Not everything is bound, or not every cluster has been seen. */
  record Starting() implements Phase {
    Serving ready() {
      return new Serving();
    }

    Draining drain(Instant now, Duration timeout) {
      return new Draining(now.plus(timeout));
    }

    @Override
    public String word() {
      return "starting";
    }
  }

  /** At work. */
  record Serving() implements Phase {
    Drained standAside(Instant now, String by) {
      return new Drained(now, by);
    }

    Draining drain(Instant now, Duration timeout) {
      return new Draining(now.plus(timeout));
    }

    @Override
    public String word() {
      return "serving";
    }
  }

  /**
   * An operator has drained this node: it goes on, without VIPs and new sessions.
   *
   * @param since when that was
   * @param by who asked for it
   */
  record Drained(Instant since, String by) implements Phase {
    Serving takePart() {
      return new Serving();
    }

    Draining drain(Instant now, Duration timeout) {
      return new Draining(now.plus(timeout));
    }

    @Override
    public String word() {
      return "drained";
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

    @Override
    public String word() {
      return "draining";
    }
  }

  /** Ends everything. */
  record Stopping() implements Phase {
    @Override
    public String word() {
      return "stopping";
    }
  }

  /** For status and metrics. */
  String word();
}
