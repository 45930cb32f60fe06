package io.trunkline.routing;

import java.time.Instant;
import java.util.Optional;

/**
 * How the REST API of a member fares.
 *
 * @param last the last well-formed answer
 * @param failure why the newest question got none; empty when it got one
 * @param failingSince when the first of the unanswered questions was asked
 */
public record RestHealth(
    Optional<RestAnswer> last, Optional<String> failure, Optional<Instant> failingSince) {
  public static final RestHealth UNKNOWN =
      new RestHealth(Optional.empty(), Optional.empty(), Optional.empty());

  /** The last answer, if it was asked for at or after that moment. */
  public Optional<RestAnswer> askedSince(Instant moment) {
    return last.filter(answer -> !answer.askedAt().isBefore(moment));
  }
}
