package io.trunkline.simulation.node;

import io.trunkline.config.VipConfig;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import io.trunkline.vip.Bidding;
import io.trunkline.vip.LoopTime;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.HolderAction;
import io.trunkline.vip.claim.HolderEvent;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.lease.LeaseClaimant;
import io.trunkline.vip.lease.LeaseStore;
import io.trunkline.vip.lease.LeaseTerms;
import io.trunkline.vip.vrrp.Announcements;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A VIP of mode etcd: Trunkline's claimant, machines and bidding, on the simulated etcd and kernel.
 * What carries events to the machines, and out what they decide, does so as {@code ClaimedInstance}
 * does.
 */
final class LeaseVip {
  private static final long RENEWAL = TimeUnit.MILLISECONDS.toNanos(500);

  private final KernelAddress address;
  private final SimulatedProcess process;
  private final Randomness random;
  private final VipChanges changes;
  private final Announcements plan;
  private final LeaseClaimant claimant;
  private final LoopTime time;
  private final VipTurns turns;
  private HolderState state;
  private Bidding bidding = Bidding.unknown(0);
  private boolean joined;
  private long renewAt = LoopTime.NEVER;

  LeaseVip(
      VipConfig config,
      String node,
      LeaseStore store,
      KernelAddress address,
      SimulatedProcess process,
      Randomness random,
      Coverage coverage,
      Story story) {
    this.address = address;
    this.process = process;
    this.random = random;
    this.changes = new VipChanges(node, "lease", coverage, story);
    this.plan = Announcements.of(config.vrrp());
    this.time = new LoopTime(process.clock().steady(), process.clock()::nanoTime);
    this.turns = new VipTurns(process, time, this::deadline, this::onTime);
    this.claimant =
        new LeaseClaimant(
            new LeaseTerms(node, config.lease().orElseThrow().ttl()),
            store,
            turns::post,
            this::claimChanged);
    this.state = new Out(claimant.claim());
  }

  void start() {
    turns.post(
        now -> {
          joined = true;
          claimant.join(now);
          step(new HolderEvent.Join(), now);
          claimChanged(now);
        });
  }

  /** Whether this node serves what comes in through the VIP. */
  void serving(boolean serving) {
    turns.post(now -> bid(bidding.wants(serving, VipState.of(state), now), now));
  }

  /** The daemon stops. */
  void release() {
    turns.post(now -> step(new HolderEvent.Leave(VipReason.SHUTDOWN, true), now));
  }

  private void bid(Bidding next, Instant now) {
    boolean before = bidding.serving();
    bidding = next;
    if (next.serving() != before) {
      claimant.serving(next.serving(), now);
      claimChanged(now);
    }
  }

  private long deadline() {
    long machines = Math.min(time.nanos(state.deadline()), time.nanos(claimant.deadline()));
    return Math.min(Math.min(machines, time.nanos(bidding.changeAt())), renewAt);
  }

  private void onTime(long at) {
    Instant now = time.moment(at);
    claimant.onTime(now);
    claimChanged(now);
    if (!now.isBefore(state.deadline())) {
      step(new HolderEvent.TimerExpired(), now);
    }
    if (!now.isBefore(bidding.changeAt())) {
      bid(bidding.at(now), now);
    }
    if (at >= renewAt) {
      if (covered(now)) {
        address.put();
        renewAt = at + RENEWAL;
      } else {
        renewAt = LoopTime.NEVER;
      }
    } else if (renewAt == LoopTime.NEVER && covered(now)) {
      renewAt = at;
    }
  }

  private boolean covered(Instant now) {
    return state instanceof Holding && state.claim().covers(now);
  }

  private void claimChanged(Instant now) {
    if (!claimant.claim().equals(state.claim())) {
      step(new HolderEvent.Claimed(claimant.claim()), now);
    }
  }

  private void step(HolderEvent event, Instant now) {
    HolderState.Step step = state.on(event, now, plan);
    state = step.state();
    for (HolderAction action : step.actions()) {
      perform(action, now);
    }
    if (!(state instanceof Holding)) {
      gone(now);
    } else if (renewAt == LoopTime.NEVER && covered(now)) {
      renewAt = time.nanos(now);
    }
  }

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
      case HolderAction.AddAddresses _ -> {
        if (covered(time.moment(time.now()))) {
          address.put();
          renewAt = time.nanos(now) + RENEWAL;
        }
      }
      case HolderAction.RemoveAddresses _ -> {
        renewAt = LoopTime.NEVER;
        address.remove();
      }
      case HolderAction.AnnounceAddresses _ -> {}
      case HolderAction.EndSessions _ ->
          process.after(
              random.millis(1, 400),
              () -> turns.post(later -> step(new HolderEvent.SessionsEnded(), later)));
      case HolderAction.Transition change -> {
        VipState to = VipState.of(change.to());
        changes.tell(VipState.of(change.from()), to, change.reason());
        bidding = bidding.in(to, now);
      }
    }
  }
}
