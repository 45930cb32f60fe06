package io.trunkline.routing;

import io.trunkline.config.HostPort;

/** Where one new session goes. */
public sealed interface Pick {

  /**
   * To that member.
   *
   * @param address where to connect to
   * @param asPrimary it was picked because it is the primary: when it is superseded the session
   *     ends
   */
  record To(Target target, HostPort address, boolean asPrimary) implements Pick {}

  /** Nowhere yet; something may change soon. */
  record Wait(WriteReason reason) implements Pick {}

  /** Nowhere: every eligible member is full or has just refused. */
  record Exhausted() implements Pick {}

  /**
   * Nowhere: no member is eligible, and the route does not wait for one.
   *
   * @param reason why
   */
  record Nobody(WriteReason reason) implements Pick {}
}
