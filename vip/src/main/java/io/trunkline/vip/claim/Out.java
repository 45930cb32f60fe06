package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.HolderAction.Transition;
import io.trunkline.vip.vrrp.Announcements;
import java.time.Instant;

/** Takes no part. */
public record Out(Claim claim) implements HolderState {
  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public Step on(HolderEvent event, Instant now, Announcements plan) {
    return switch (event) {
      case HolderEvent.Join _ -> {
        Waiting waiting = new Waiting(claim);
        yield waiting.after(now, plan, new Transition(this, waiting, VipReason.JOINED));
      }
      case HolderEvent.Claimed claimed -> Step.of(new Out(claimed.claim()));
      case HolderEvent.Leave _,
          HolderEvent.PassOn _,
          HolderEvent.SessionsEnded _,
          HolderEvent.TimerExpired _,
          HolderEvent.AddressLost _,
          HolderEvent.AddressContested _ ->
          Step.of(this);
    };
  }
}
