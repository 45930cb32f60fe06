package io.trunkline.daemon.status;

import java.time.Instant;

/**
 * How the configuration file was read last.
 *
 * @param good whether it holds now; false: it was refused, or could not be applied
 * @param appliedAt when the configuration that holds was applied
 */
public record LastReload(boolean good, Instant appliedAt) {

  /** At the start, and after a reload that worked. */
  public static LastReload applied(Instant at) {
    return new LastReload(true, at);
  }

  /** The configuration from before goes on. */
  public LastReload failed() {
    return new LastReload(false, appliedAt);
  }
}
