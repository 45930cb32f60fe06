package io.trunkline.vip.lease;

import java.time.Instant;

/** The machine: a pure function of a state, an event and a time. */
public final class LeaseMachine {
  private final LeaseTerms terms;

  public LeaseMachine(LeaseTerms terms) {
    this.terms = terms;
  }

  /** What that event does to that state at that time. */
  public LeaseStep step(LeaseState state, LeaseEvent event, Instant now) {
    return switch (state) {
      case Absent absent -> absent.on(event, now, terms);
      case Candidate candidate -> candidate.on(event, now, terms);
    };
  }
}
