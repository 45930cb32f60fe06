package io.trunkline.simulation.invariant;

import io.trunkline.simulation.story.Story;
import java.util.Optional;

/** The first promise that was broken. */
public final class Violations {
  private final Story story;
  private Optional<Violation> first = Optional.empty();

  /**
   * A promise that was broken.
   *
   * @param promise which
   * @param how in a sentence
   */
  public record Violation(Promise promise, String how) {
    @Override
    public String toString() {
      return promise.label() + ": " + how;
    }
  }

  public Violations(Story story) {
    this.story = story;
  }

  /** That promise was broken. */
  public void broken(Promise promise, String how) {
    if (first.isEmpty()) {
      first = Optional.of(new Violation(promise, how));
      story.tell("VIOLATION", () -> promise.label() + ": " + how);
    }
  }

  /** The first, if there is one. */
  public Optional<Violation> first() {
    return first;
  }
}
