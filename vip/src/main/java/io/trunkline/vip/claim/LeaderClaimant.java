package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import java.util.Optional;

/** The addresses follow Patroni's leader: whoever watches the cluster says what holds. */
public final class LeaderClaimant implements Claimant {
  /**
   * What is known of Patroni's leader.
   *
   * @param leader its name
   * @param claim whether this node may have the addresses that follow it
   */
  public record Sight(Optional<String> leader, Claim claim) {}

  private volatile Sight sight =
      new Sight(Optional.empty(), new Claim.None(VipReason.NOT_STARTED, false));

  public void see(Sight next) {
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
