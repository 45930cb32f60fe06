package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.HolderAction.AddAddresses;
import io.trunkline.vip.claim.HolderAction.AnnounceAddresses;
import io.trunkline.vip.claim.HolderAction.Transition;
import io.trunkline.vip.vrrp.Announcements;
import io.trunkline.vip.vrrp.Announcing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Takes part, without the addresses. */
public record Waiting(Claim claim) implements HolderState {
  @Override
  public Instant deadline() {
    return Instant.MAX;
  }

  @Override
  public Step on(HolderEvent event, Instant now, Announcements plan) {
    return switch (event) {
      case HolderEvent.Claimed claimed -> new Waiting(claimed.claim()).after(now, plan);
      case HolderEvent.Leave leave -> {
        Out out = new Out(claim);
        yield Step.of(out, new Transition(this, out, leave.reason()));
      }
      case HolderEvent.PassOn _ -> {
        Out out = new Out(claim);
        yield Step.of(out, new Transition(this, out, VipReason.PASSED_ON));
      }
      case HolderEvent.Join _,
          HolderEvent.SessionsEnded _,
          HolderEvent.TimerExpired _,
          HolderEvent.AddressLost _,
          HolderEvent.AddressContested _ ->
          Step.of(this);
    };
  }

  /** The state after these actions: if there is a claim, it is used at once. */
  Step after(Instant now, Announcements plan, HolderAction... before) {
    if (!claim.covers(now)) {
      return Step.of(this, before);
    }
    Holding next = Holding.of(claim, Announcing.begun(now, plan));
    List<HolderAction> actions = new ArrayList<>(List.of(before));
    actions.add(new AddAddresses());
    actions.add(new AnnounceAddresses());
    actions.add(new Transition(this, next, claim.reason()));
    return new Step(next, List.copyOf(actions));
  }
}
