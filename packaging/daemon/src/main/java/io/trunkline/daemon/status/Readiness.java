package io.trunkline.daemon.status;

import java.util.Optional;

/**
 * Whether this node serves its primary listeners.
 *
 * @param phase the word for where the daemon is between start and stop
 * @param obstacle why it does not serve; empty when it does
 */
public record Readiness(String phase, Optional<String> obstacle) {

  /** Whether it serves. */
  public boolean ready() {
    return obstacle.isEmpty();
  }
}
