package io.trunkline.routing;

import java.time.Instant;
import java.util.Optional;

/**
 * What sessions found when they dialled a member.
 *
 * @param failure why the newest attempt failed; empty when it did not
 * @param failingSince when the first of the failed attempts since the last success was
 * @param lastSuccess when a connection was last established
 */
public record ConnectHealth(
    Optional<String> failure, Optional<Instant> failingSince, Optional<Instant> lastSuccess) {
  public static final ConnectHealth UNKNOWN =
      new ConnectHealth(Optional.empty(), Optional.empty(), Optional.empty());
}
