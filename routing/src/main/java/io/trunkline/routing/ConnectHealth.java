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
 * @param standbySeenAt when a session that was placed there to write last found it in recovery
 */
public record ConnectHealth(
    Optional<String> failure,
    Optional<Instant> failingSince,
    Optional<Instant> failedAt,
    Optional<Instant> lastSuccess,
    Optional<Instant> standbySeenAt) {
  private static final Duration AGAIN = Duration.ofSeconds(5);
  private static final Duration STANDBY_FOR = Duration.ofSeconds(1);

  public static final ConnectHealth UNKNOWN =
      new ConnectHealth(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Whether the newest attempt failed, and too recently to try again. */
  boolean doubtful(Instant now) {
    return failure.isPresent() && failedAt.map(at -> now.isBefore(at.plus(AGAIN))).orElse(false);
  }

  /**
   * When a session found it in recovery, if that was since then and is no more than a second ago: a
   * promotion may have ended meanwhile, and nobody else may be able to say so.
   */
  public Optional<Instant> standbySeen(Instant since, Instant now) {
    return standbySeenAt
        .filter(at -> !at.isBefore(since))
        .filter(at -> now.isBefore(at.plus(STANDBY_FOR)));
  }
}
