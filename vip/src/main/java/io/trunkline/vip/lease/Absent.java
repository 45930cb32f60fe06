package io.trunkline.vip.lease;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import java.time.Instant;
import java.util.Optional;

/** Takes no part, and has no lease. */
public record Absent(boolean serving) implements LeaseState {
  private static final Claim NONE = new Claim.None(VipReason.NOT_STARTED, false);

  @Override
  public Claim claim() {
    return NONE;
  }

  @Override
  public Optional<String> holder() {
    return Optional.empty();
  }

  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public Step on(LeaseEvent event, Instant now, LeaseTerms terms) {
    return switch (event) {
      case LeaseEvent.Join _ -> Candidate.begin(serving, now).proceed(now, terms);
      case LeaseEvent.Inherit left ->
          Candidate.inherited(left.lease(), serving, now).proceed(now, terms);
      case LeaseEvent.Serving said -> Step.of(new Absent(said.serving()));
      // It was asked for before this node left.
      case LeaseEvent.Granted late -> Step.of(this, new LeaseAction.Revoke(late.lease()));
      case LeaseEvent.Leave _,
          LeaseEvent.PassOn _,
          LeaseEvent.Vacated _,
          LeaseEvent.Answered _,
          LeaseEvent.Gone _,
          LeaseEvent.Failed _,
          LeaseEvent.Changed _,
          LeaseEvent.TimerExpired _ ->
          Step.of(this);
    };
  }
}
