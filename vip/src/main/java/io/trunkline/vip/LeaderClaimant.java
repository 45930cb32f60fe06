package io.trunkline.vip;

import io.trunkline.vip.claim.Claim;
import java.time.Instant;
import java.util.Optional;

/** The addresses follow Patroni's leader: whoever watches the cluster says what holds. */
final class LeaderClaimant implements Claimant {
  private volatile LeaderSight sight =
      new LeaderSight(Optional.empty(), new Claim.None(VipReason.NOT_STARTED, false));

  void see(LeaderSight next) {
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

  @Override
  public String remark() {
    return "";
  }

  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public void onTime(Instant now) {}

  @Override
  public void join(Instant now) {}

  @Override
  public void leave(Instant now) {}

  @Override
  public long passOn(Instant now) {
    return 0;
  }

  @Override
  public void inherit(long left, Instant now) {}

  @Override
  public void vacated(Instant now) {}

  @Override
  public void serving(boolean serving, Instant now) {}
}
