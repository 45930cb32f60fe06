package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import java.util.Optional;

/** The addresses follow Patroni's leader: whoever watches the cluster says what holds. */
public final class LeaderClaimant implements Claimant {
  private volatile LeaderSight sight =
      new LeaderSight(Optional.empty(), new Claim.None(VipReason.NOT_STARTED, false));

  public void see(LeaderSight next) {
    sight = next;
  }

  @Override
  public Claim claim() {
    return sight.claim();
  }

  @Override
  public Optional<String> holder() {
    return sight.leader();
  }
}
