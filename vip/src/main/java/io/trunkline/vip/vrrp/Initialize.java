package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.VrrpAction.Transition;
import java.time.Instant;

/** Takes no part (RFC 9568 section 6.4.1). */
public record Initialize(Bid bid) implements VrrpState {
  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public Step on(VrrpEvent event, Instant now, VirtualRouter router) {
    return switch (event) {
      case VrrpEvent.Startup startup -> start(bid.startedAt(startup.local(), now), now, router);
      case VrrpEvent.Inherit inherit ->
          Master.entered(
              this, bid.startedAt(inherit.local(), now), VipReason.INHERITED, now, router);
      case VrrpEvent.PriorityChanged changed ->
          Step.of(new Initialize(bid.withPriority(changed.priority())));
      case VrrpEvent.Release _,
          VrrpEvent.SessionsEnded _,
          VrrpEvent.PassOn _,
          VrrpEvent.Fail _,
          VrrpEvent.LinkDown _,
          VrrpEvent.AdvertisementReceived _,
          VrrpEvent.TimerExpired _,
          VrrpEvent.AddressLost _,
          VrrpEvent.AddressContested _ ->
          Step.of(this);
    };
  }

  private Step start(Bid mine, Instant now, VirtualRouter router) {
    if (mine.priority() == Bid.OWNER && !now.isBefore(mine.backoff().until())) {
      return Master.entered(this, mine, VipReason.OWNER, now, router);
    }
    Backup backup = Backup.listening(mine, now, router);
    return Step.of(backup, new Transition(this, backup, VipReason.STARTED));
  }
}
