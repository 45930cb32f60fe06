package io.trunkline.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How the sentinel's connection to a member fares.
 *
 * @param last the last answer
 * @param failure why there is none now; empty while the connection stands
 * @param failingSince when the first of the failed attempts since the last answer was
 */
public record SentinelHealth(
    Optional<SentinelAnswer> last, Optional<String> failure, Optional<Instant> failingSince) {
  public static final SentinelHealth UNKNOWN =
      new SentinelHealth(Optional.empty(), Optional.empty(), Optional.empty());

  /** Five questions: an answer that is older is about another time. */
  private static final Duration FRESH = Duration.ofSeconds(1);

  /** The last answer while the connection stands, if it was asked for within that age. */
  Optional<SentinelAnswer> within(Duration age, Instant now) {
    return last.filter(_ -> failure.isEmpty())
        .filter(answer -> !answer.askedAt().isBefore(now.minus(age)));
  }

  /** The last answer while the connection stands, if it was asked for since then and lately. */
  public Optional<SentinelAnswer> current(Instant since, Instant now) {
    return last.filter(_ -> failure.isEmpty())
        .filter(answer -> !answer.askedAt().isBefore(since))
        .filter(answer -> !answer.askedAt().isBefore(now.minus(FRESH)));
  }
}
