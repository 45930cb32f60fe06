package io.trunkline.vip;

import io.trunkline.config.VipConfig;
import io.trunkline.config.VrrpConfig;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.HolderAction;
import io.trunkline.vip.claim.HolderEvent;
import io.trunkline.vip.claim.HolderMachine;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.HolderStep;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.linux.RouteSocket;
import io.trunkline.vip.vrrp.Announcements;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A VIP that this node has while a {@link Claimant} says so. Runs on the loop's thread. */
final class HeldInstance implements VipInstance {
  private static final Duration FAULT_PAUSE = Duration.ofSeconds(10);

  private final VipConfig config;
  private final HolderMachine machine;
  private final Claimant claimant;
  private final Port port;
  private final AddressKeeper keeper;
  private final Announcer announcer;
  private final Disputes disputes = new Disputes();
  private final Notifier notifier;
  private final VipLoop loop;
  private final LoopTime time;
  private final Counters counters = new Counters();
  private final History history = new History();
  private final Set<Hold> holds = EnumSet.of(Hold.LINK);
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  private volatile HolderState state;
  private volatile Bidding bidding = Bidding.unknown(0);
  private volatile String servingWhy = "the daemon has not reported yet whether it serves";
  private Instant faultUntil = Instant.MAX;
  private boolean sessionsTold;
  private @Nullable CompletableFuture<Bequest> heir;
  private boolean joined;
  private boolean covered;
  private @Nullable VipReason failure;

  /**
   * @param claimant makes the one who says whether this node has the addresses; it is to call what
   *     it is given when that changes
   */
  HeldInstance(
      VipConfig config,
      Port port,
      RouteSocket routes,
      Notifier notifier,
      VipLoop loop,
      Function<HeldInstance, Claimant> claimant) {
    this.config = config;
    this.port = port;
    this.keeper = new AddressKeeper(routes, config.allAddresses());
    this.announcer = new Announcer(port, addresses(), counters);
    this.notifier = notifier;
    this.loop = loop;
    this.time = loop.time();
    VrrpConfig vrrp = config.vrrp();
    this.machine =
        new HolderMachine(
            new Announcements(vrrp.garpRepeat(), vrrp.garpDelay(), vrrp.garpRefresh()));
    this.claimant = claimant.apply(this);
    this.state = new Out(this.claimant.claim());
  }

  @Override
  public VipConfig config() {
    return config;
  }

  @Override
  public boolean keeps(AddressOnLink candidate) {
    return keeper.keeps(candidate);
  }

  @Override
  public void clean() throws LinuxException {
    Link link = port.link();
    if (link != null && keeper.clean(link)) {
      warn("removed the addresses that were left on " + port.name());
    }
  }

  @Override
  public long deadline() {
    Instant first = earlier(state.deadline(), claimant.deadline());
    first = earlier(first, bidding.changeAt());
    first = earlier(first, faultUntil);
    // Without a claim that covers it there is no renewal to wake up for.
    return covered ? Math.min(time.nanos(first), keeper.renewAt()) : time.nanos(first);
  }

  @Override
  public void onTime(long at, long lastHeartbeat) {
    Instant now = time.moment(at);
    claimant.onTime(now);
    claimChanged(now);
    if (!now.isBefore(state.deadline())) {
      step(new HolderEvent.TimerExpired(), now);
    }
    if (!now.isBefore(bidding.changeAt())) {
      bid(bidding.at(now), now);
    }
    if (!now.isBefore(faultUntil)) {
      faultUntil = Instant.MAX;
      release(Hold.FAULT, now);
    }
    covered = state instanceof Holding && state.claim().covers(now);
    if (covered) {
      onLink(VipReason.ADDRESS_REFUSED, _ -> keeper.renew(lastHeartbeat, at));
      failIfFailed(now);
    }
  }

  /** The claimant may say something else now. */
  void claimChanged(Instant now) {
    if (!claimant.claim().equals(state.claim())) {
      step(new HolderEvent.Claimed(claimant.claim()), now);
    }
  }

  @Override
  public boolean minds(InetAddress address) {
    return state instanceof Holding && addresses().contains(address);
  }

  @Override
  public void onContender(PacketSocket.Contender contender, long at) {
    Instant now = time.moment(at);
    counters.contended.incrementAndGet();
    if (state instanceof Holding holding && holding.ending() != null) {
      return; // It is the next holder's.
    }
    if (disputes.tell(now, history.since(now))) {
      warn(
          "%s is also used by %s".formatted(contender.address().getHostAddress(), contender.mac()));
    }
    if (disputes.defend(now, history.since(now))) {
      step(new HolderEvent.AddressContested(), now);
    }
  }

  @Override
  public void onAddressGone(AddressOnLink gone, Instant now) {
    if (!(state instanceof Holding) || !keeps(gone)) {
      return;
    }
    warn(gone.address().getHostAddress() + " was removed from " + port.name());
    if (disputes.putBack(now)) {
      step(new HolderEvent.AddressLost(), now);
    } else {
      fail(VipReason.ADDRESS_REMOVED, now);
    }
  }

  @Override
  public void serving(boolean serving, String why, Instant now) {
    servingWhy = why;
    bid(bidding.wants(serving, VipState.of(state), now), now);
  }

  private void bid(Bidding next, Instant now) {
    boolean before = bidding.serving();
    bidding = next;
    if (next.serving() != before) {
      claimant.serving(next.serving(), now);
      claimChanged(now);
    }
  }

  @Override
  public boolean held(Hold hold) {
    return holds.contains(hold);
  }

  @Override
  public void hold(Hold hold, VipReason reason, Instant now) {
    if (holds.add(hold)) {
      step(new HolderEvent.Leave(reason, hold == Hold.RELEASED), now);
    }
    completeReleased();
  }

  @Override
  public void release(Hold hold, Instant now) {
    if (holds.remove(hold)) {
      joinIfFree(now);
    }
  }

  @Override
  public void whenReleased(CompletableFuture<Void> done) {
    waiting.add(done);
  }

  @Override
  public void passOn(CompletableFuture<Bequest> next, Instant now) {
    heir = next;
    passOn(now);
  }

  private void passOn(Instant now) {
    CompletableFuture<Bequest> next = heir;
    if (next == null || (state instanceof Holding holding && holding.ending() != null)) {
      return;
    }
    heir = null;
    boolean held = state instanceof Holding;
    holds.add(Hold.OTHER_PROCESS);
    // What the claimant has is not given up with the addresses.
    joined = false;
    step(new HolderEvent.PassOn(), now);
    keeper.leave();
    next.complete(new Bequest(held, claimant.passOn(now)));
  }

  @Override
  public void inherit(Bequest bequest, Instant now) {
    claimant.inherit(bequest.lease(), now);
    release(Hold.OTHER_PROCESS, now);
  }

  private void completeReleased() {
    if (!waiting.isEmpty() && state instanceof Out) {
      waiting.forEach(done -> done.complete(null));
      waiting.clear();
    }
  }

  private void joinIfFree(Instant now) {
    if (holds.isEmpty() && !joined && state instanceof Out) {
      joined = true;
      claimant.join(now);
      step(new HolderEvent.Join(), now);
      claimChanged(now);
    }
  }

  private void fail(VipReason reason, Instant now) {
    holds.add(Hold.FAULT);
    faultUntil = now.plus(FAULT_PAUSE);
    step(new HolderEvent.Leave(reason, false), now);
  }

  private void failIfFailed(Instant now) {
    VipReason failed = failure;
    if (failed != null) {
      failure = null;
      fail(failed, now);
    }
  }

  private void step(HolderEvent event, Instant now) {
    HolderStep step = machine.step(state, event, now);
    state = step.state();
    List<HolderAction> actions = step.actions();
    for (int i = 0; i < actions.size(); i++) {
      perform(actions.get(i), now);
    }
    failIfFailed(now);
    if (!(state instanceof Holding)) {
      gone(now);
    }
    completeReleased();
    passOn(now);
    joinIfFree(now);
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
      case HolderAction.AddAddresses _ -> {
        notifier.opening(config.name(), addresses());
        onLink(VipReason.ADDRESS_REFUSED, link -> keeper.add(link, time.nanos(now)));
      }
      case HolderAction.RemoveAddresses _ -> {
        notifier.closing(config.name(), addresses());
        onLink(null, keeper::remove);
      }
      case HolderAction.AnnounceAddresses _ -> announcer.announce();
      case HolderAction.EndSessions end -> endSessions(end.reason());
      case HolderAction.Transition transition -> onTransition(transition, now);
    }
  }

  private interface OnLink {
    void run(Link link) throws LinuxException;
  }

  /**
   * @param otherwise what this node leaves for if that fails; null: for nothing, as the kernel
   *     removes by itself what nobody renews
   */
  private void onLink(@Nullable VipReason otherwise, OnLink action) {
    Link link = port.link();
    if (link == null) {
      return;
    }
    try {
      action.run(link);
      boolean late = state instanceof Holding && !state.claim().covers(time.moment(time.now()));
      if (late && otherwise != null) {
        // This thread stood still between looking at the clock and writing.
        keeper.remove(link);
      }
    } catch (LinuxException e) {
      warn(String.valueOf(e.getMessage()));
      failure = otherwise == null ? failure : otherwise;
    }
  }

  private void endSessions(VipReason reason) {
    sessionsTold = true;
    notifier.closing(config.name(), addresses());
    notifier.leaving(
        config.name(),
        addresses(),
        reason,
        () -> loop.post(now -> step(new HolderEvent.SessionsEnded(), now)));
  }

  private void onTransition(HolderAction.Transition change, Instant now) {
    VipState from = VipState.of(change.from());
    VipState to = VipState.of(change.to());
    VipTransition transition = new VipTransition(now, config.name(), from, to, change.reason());
    counters.transition(change.reason());
    history.add(transition);
    notifier.transition(transition);
    if (from == VipState.MASTER && change.reason() != VipReason.PASSED_ON && !sessionsTold) {
      notifier.lost(config.name(), addresses(), change.reason());
    }
    sessionsTold = false;
    bidding = bidding.in(to, now);
  }

  @Override
  public VipStatus status(Instant started, TimerLateness.Snapshot lateness) {
    return InstanceStatus.of(
        config, state, claimant, bidding, servingWhy, history, counters, started, lateness);
  }

  private void warn(String text) {
    notifier.warning(config.name(), text);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
