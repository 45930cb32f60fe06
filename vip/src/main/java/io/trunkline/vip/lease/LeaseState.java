package io.trunkline.vip.lease;

import io.trunkline.vip.claim.Claim;
import java.time.Instant;
import java.util.Optional;

/** The part of one node in the election of one VIP's holder. */
public sealed interface LeaseState permits Absent, Candidate {
  /** What this node may claim. */
  Claim claim();

  /** The node that holds the addresses, as far as this one knows. */
  Optional<String> holder();

  /** When {@link LeaseEvent.TimerExpired} is due; {@link Instant#MAX}: never. */
  Instant deadline();

  /** What that event does to it at that time: the same arguments always give the same step. */
  LeaseStep on(LeaseEvent event, Instant now, LeaseTerms terms);
}
