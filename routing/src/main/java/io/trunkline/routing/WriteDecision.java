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
 * @param blocked sessions on the owner are blocked: their clients are not read, because what the
 *     owner commits now could be lost
 * @param since when this state, reason and target began
 */
public record WriteDecision(
    WriteState state,
    WriteReason reason,
    Optional<Target> target,
    Optional<String> owner,
    boolean blocked,
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
        && blocked == other.blocked;
  }
}
