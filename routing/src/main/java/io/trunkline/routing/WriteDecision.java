package io.trunkline.routing;

import java.time.Instant;
import java.util.Optional;

/**
 * Where writes go, and why.
 *
 * @param state the state of the route
 * @param reason why
 * @param target who gets new sessions; empty: they wait
 * @param owner the member that last was the rightful primary: sessions that could write on any
 *     other member have been superseded and end ({@link Fence}); empty when there never was one
 * @param paused sessions on the owner may not send for now, because what it commits could be lost
 * @param since when this state, reason and target began
 */
public record WriteDecision(
    WriteState state,
    WriteReason reason,
    Optional<Target> target,
    Optional<String> owner,
    boolean paused,
    Instant since) {

  /** What holds before anything has been seen. */
  public static WriteDecision initial(Instant now) {
    return new WriteDecision(
        WriteState.HOLDING, WriteReason.STARTING, Optional.empty(), Optional.empty(), false, now);
  }

  /** The same decision but for the moment it began. */
  boolean sameAs(WriteDecision other) {
    return state == other.state
        && reason == other.reason
        && target.equals(other.target)
        && owner.equals(other.owner)
        && paused == other.paused;
  }
}
