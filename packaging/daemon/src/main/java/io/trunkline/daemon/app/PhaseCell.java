package io.trunkline.daemon.app;

import io.trunkline.daemon.admin.RequestHandler.Refused;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The phase of the daemon: changed by its own thread and by operators, read by all. */
final class PhaseCell {
  private volatile Phase phase = new Phase.Starting();
  private volatile boolean handedOver;

  Phase now() {
    return phase;
  }

  /** Empty unless an operator has drained this node. */
  Optional<Phase.Drained> drained() {
    return phase instanceof Phase.Drained drained ? Optional.of(drained) : Optional.empty();
  }

  boolean refusesSessions() {
    return switch (phase) {
      case Phase.Starting _, Phase.Serving _ -> false;
      case Phase.Drained _, Phase.Draining _, Phase.Stopping _ -> true;
    };
  }

  /** From now on the daemon serves; false: it does already, or no more. */
  synchronized boolean ready() {
    if (phase instanceof Phase.Starting starting) {
      phase = starting.ready();
      return true;
    }
    return false;
  }

  /** An operator drains this node; false: it is drained already. */
  synchronized boolean standAside(Instant now, String by) throws Refused {
    checkAtWork();
    if (phase instanceof Phase.Serving serving) {
      phase = serving.standAside(now, by);
      return true;
    }
    return false;
  }

  /** An operator undrains this node. */
  synchronized void takePart() {
    if (phase instanceof Phase.Drained drained) {
      phase = drained.takePart();
    }
  }

  /**
   * Operators can change something now.
   *
   * @throws Refused because the daemon starts or stops
   */
  void checkAtWork() throws Refused {
    switch (phase) {
      case Phase.Serving _, Phase.Drained _ -> {}
      case Phase.Starting _ -> throw Refused.notNow("the daemon is still starting: try again");
      case Phase.Draining _, Phase.Stopping _ -> throw Refused.notNow("the daemon is stopping");
    }
  }

  /** Another process is the service; sessions may go on here for that long. */
  synchronized void handOver(Instant now, Duration timeout) {
    drain(now, timeout);
    handedOver = true;
  }

  boolean handedOver() {
    return handedOver;
  }

  /** The daemon is told to stop; sessions may go on for that long. */
  synchronized Phase.Draining drain(Instant now, Duration timeout) {
    Phase.Draining draining =
        switch (phase) {
          case Phase.Drainable going -> going.drain(now, timeout);
          case Phase.Draining already -> already.noLaterThan(now.plus(timeout));
          case Phase.Stopping _ -> throw new IllegalStateException("already stopping");
        };
    phase = draining;
    return draining;
  }

  synchronized void stop() {
    phase = new Phase.Stopping();
  }
}
