package io.trunkline.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What sessions found when they dialled a member.
 *
 * @param failure why the newest attempt failed; empty when it did not
 * @param failingSince when the first of the failed attempts since the last success was
 * @param failedAt when the newest of them was
 * @param lastSuccess when a connection was last established
 */
public record ConnectHealth(
    Optional<String> failure,
    Optional<Instant> failingSince,
    Optional<Instant> failedAt,
    Optional<Instant> lastSuccess) {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  public static final ConnectHealth UNKNOWN =
      new ConnectHealth(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Whether the newest attempt failed, and too recently to try again. */
  boolean doubtful(Instant now) {
    return failure.isPresent() && failedAt.map(at -> now.isBefore(at.plus(AGAIN))).orElse(false);
  }
}
