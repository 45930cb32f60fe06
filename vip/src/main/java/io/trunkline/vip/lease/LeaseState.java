package io.trunkline.vip.lease;

import io.trunkline.vip.claim.Claim;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The part of one node in the election of one VIP's holder. */
public sealed interface LeaseState permits Absent, Candidate {
  /** The next state, and what to ask of etcd, in order. */
  record Step(LeaseState state, List<LeaseAction> actions) {
    static Step of(LeaseState state, LeaseAction... actions) {
      return new Step(state, List.of(actions));
    }
  }

  /** What this node may claim. */
  Claim claim();

  /** The node that holds the addresses, as far as this one knows. */
  Optional<String> holder();

  /** When {@link LeaseEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();

  /** What that event does to it at that time: the same arguments always give the same step. */
  Step on(LeaseEvent event, Instant now, LeaseTerms terms);
}
