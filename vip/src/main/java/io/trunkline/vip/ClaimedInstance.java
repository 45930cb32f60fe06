package io.trunkline.vip;

import io.trunkline.config.VipConfig;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.Claimant;
import io.trunkline.vip.claim.HolderAction;
import io.trunkline.vip.claim.HolderEvent;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.vrrp.Announcements;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** A VIP that this node has while a {@link Claimant} says so. */
final class ClaimedInstance extends VipInstance {
  /** What is staked here is only whether this node serves. */
  private static final int NO_PRIORITY = 0;

  private final Announcements plan;
  private final Claimant claimant;
  private volatile HolderState state;
  private boolean joined;
  private boolean covered;

  /**
   * @param claimant makes the one who says whether this node has the addresses; it is to call what
   *     it is given when that changes
   */
  ClaimedInstance(
      VipConfig config,
      VipInterface nic,
      VipLoop loop,
      Function<ClaimedInstance, Claimant> claimant) {
    super(config, NO_PRIORITY, nic, loop);
    this.plan = Announcements.of(config.vrrp());
    this.claimant = claimant.apply(this);
    this.state = new Out(this.claimant.claim());
  }

  @Override
  VipState state() {
    return VipState.of(state);
  }

  @Override
  boolean leaving() {
    return state instanceof Holding holding && holding.ending() != null;
  }

  @Override
  long timerAt() {
    return Math.min(time.nanos(state.deadline()), time.nanos(claimant.deadline()));
  }

  @Override
  void onTimer(long at) {
    Instant now = time.moment(at);
    claimant.onTime(now);
    claimChanged(now);
    if (!now.isBefore(state.deadline())) {
      step(new HolderEvent.TimerExpired(), now);
    }
  }

  /** The claimant may say something else now. */
  void claimChanged(Instant now) {
    if (!claimant.claim().equals(state.claim())) {
      step(new HolderEvent.Claimed(claimant.claim()), now);
    }
  }

  /** Without a claim that covers it there is no renewal to wake up for. */
  @Override
  long renewAt() {
    return covered ? super.renewAt() : LoopTime.NEVER;
  }

  @Override
  boolean renew(long lastHeartbeat, long now) {
    covered = state instanceof Holding && state.claim().covers(time.moment(now));
    return !covered || (super.renew(lastHeartbeat, now) && confirmed());
  }

  @Override
  boolean confirmed() {
    boolean late = state instanceof Holding && !state.claim().covers(time.moment(time.now()));
    // If it is, this thread stood still between looking at the clock and writing.
    return !late || addresses.remove();
  }

  @Override
  void bidChanged(Bidding bid, Instant now) {
    claimant.serving(bid.serving(), now);
    claimChanged(now);
  }

  /** What would be bid is of no concern here. */
  @Override
  void priority(int configured, Instant now) {}

  @Override
  void start(Instant now) {
    if (!joined) {
      joined = true;
      claimant.join(now);
      step(new HolderEvent.Join(), now);
      claimChanged(now);
    }
  }

  @Override
  void stop(Hold hold, VipReason reason, Instant now) {
    step(new HolderEvent.Leave(reason, hold == Hold.RELEASED), now);
  }

  @Override
  long detach(Instant now) {
    // What the claimant has is not given up with the addresses.
    joined = false;
    step(new HolderEvent.PassOn(), now);
    return claimant.passOn(now);
  }

  @Override
  void inherit(VipHandover left, Instant now) {
    claimant.inherit(left.lease(), now);
    release(Hold.OTHER_PROCESS, now);
  }

  @Override
  void sessionsEnded(Instant now) {
    step(new HolderEvent.SessionsEnded(), now);
  }

  @Override
  void defend(Instant now) {
    step(new HolderEvent.AddressContested(), now);
  }

  @Override
  void restore(Instant now) {
    step(new HolderEvent.AddressLost(), now);
  }

  private void step(HolderEvent event, Instant now) {
    HolderState.Step step = state.on(event, now, plan);
    state = step.state();
    List<HolderAction> actions = step.actions();
    for (int i = 0; i < actions.size(); i++) {
      perform(actions.get(i), now);
    }
    if (!(state instanceof Holding)) {
      gone(now);
    }
    settle(now);
  }

  /** There are no addresses on this node: the claimant may give up what it kept for them. */
  private void gone(Instant now) {
    if (state instanceof Out && joined) {
      joined = false;
      claimant.leave(now);
    } else if (state.claim() instanceof Claim.None none && none.orderly()) {
      claimant.vacated(now);
    }
  }

  private void perform(HolderAction action, Instant now) {
    switch (action) {
      case HolderAction.AddAddresses _ -> addAddresses(now);
      case HolderAction.RemoveAddresses _ -> removeAddresses();
      case HolderAction.AnnounceAddresses _ -> addresses.announce();
      case HolderAction.EndSessions end -> endSessions(end.reason());
      case HolderAction.Transition change ->
          changed(VipState.of(change.from()), VipState.of(change.to()), change.reason(), now);
    }
  }

  @Override
  Election election(Bidding bid, String servingWhy) {
    return Election.of(config.mode(), state, claimant, bid, servingWhy, history);
  }
}
