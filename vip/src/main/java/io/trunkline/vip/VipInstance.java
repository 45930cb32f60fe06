package io.trunkline.vip;

import static io.trunkline.vip.VipState.INITIALIZE;
import static io.trunkline.vip.VipState.MASTER;

import io.trunkline.config.DurationHistogram;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.PacketSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One VIP of this node, whoever decides where it is: what is in the way of it, what it stakes, its
 * addresses, and who is told. All but the status runs on the loop's thread.
 */
abstract sealed class VipInstance permits VrrpInstance, ClaimedInstance {
  private static final Duration FAULT_PAUSE = Duration.ofSeconds(10);

  final VipConfig config;
  final VipInterface nic;
  final AddressGroup addresses;
  final LoopTime time;
  final Counters counters = new Counters();
  final History history = new History();
  private final Notifier notifier;
  private final VipLoop loop;
  private final AddressDefence defence = new AddressDefence();
  private final Set<Hold> holds = EnumSet.of(Hold.LINK);
  private final List<CompletableFuture<Void>> releases = new ArrayList<>();

  private volatile Bidding bidding;
  private volatile String servingWhy = "the daemon has not reported yet whether it serves";
  private long biddingChangesAt = LoopTime.NEVER;
  private long faultUntil = LoopTime.NEVER;
  private boolean refused;
  private boolean sessionsTold;
  private @Nullable CompletableFuture<VipHandover> successor;

  /** What keeps a VIP in INITIALIZE. */
  enum Hold {
    LINK,
    LOCAL_ADDRESS,
    HEARTBEAT,
    RELEASED,
    /** Another process of this node takes part: the one before, or the one after. */
    OTHER_PROCESS,
    /** Something failed: tried again after a while. */
    FAULT
  }

  /**
   * @param priority what it bids while it serves
   */
  VipInstance(VipConfig config, int priority, VipInterface nic, VipLoop loop) {
    this.config = config;
    this.nic = nic;
    this.addresses = new AddressGroup(config, nic, loop, counters);
    this.notifier = loop.notifier();
    this.loop = loop;
    this.time = loop.time();
    this.bidding = Bidding.unknown(priority);
  }

  abstract VipState state();

  /** Whether it is letting go of the addresses, and still has them. */
  abstract boolean leaving();

  /** When {@link #onTimer} is due, in nanoseconds. */
  abstract long timerAt();

  abstract void onTimer(long now);

  /** Nothing is in the way: takes part. */
  abstract void start(Instant now);

  /** That is in the way: takes part no more. */
  abstract void stop(Hold hold, VipReason reason, Instant now);

  /**
   * Takes part no more and leaves everything as it is, for another process of this node; its lease
   * in etcd, 0: none.
   */
  abstract long detach(Instant now);

  /** Takes part with what another process of this node has left. */
  abstract void inherit(VipHandover left, Instant now);

  /** What it stakes is something else now. */
  abstract void bidChanged(Bidding bid, Instant now);

  /** The sessions that were to end have ended. */
  abstract void sessionsEnded(Instant now);

  /** Another host answers for one of the addresses: tells the network again where they are. */
  abstract void defend(Instant now);

  /** Something else removed one of the addresses: puts it back. */
  abstract void restore(Instant now);

  /** Whether a claim still covers what has just been written to the kernel. */
  boolean confirmed() {
    return true;
  }

  abstract Election election(Bidding bid, String servingWhy);

  /** When {@link #onTime} has something to do, in nanoseconds. */
  final long deadline() {
    long own = Math.min(biddingChangesAt, faultUntil);
    return Math.min(Math.min(timerAt(), renewAt()), own);
  }

  long renewAt() {
    return addresses.renewAt();
  }

  boolean renew(long lastHeartbeat, long now) {
    return addresses.renew(lastHeartbeat, now);
  }

  /** Everything that is due. */
  final void onTime(long now, long lastHeartbeat) {
    if (now >= timerAt()) {
      onTimer(now);
    }
    if (now >= biddingChangesAt) {
      Instant moment = time.moment(now);
      bid(bidding.at(moment), moment);
    }
    if (now >= faultUntil) {
      faultUntil = LoopTime.NEVER;
      release(Hold.FAULT, time.moment(now));
    }
    if (!renew(lastHeartbeat, now)) {
      fail(VipReason.ADDRESS_REFUSED, time.moment(now));
    }
  }

  /** Whether that is one of the addresses, and this node has them or is about to. */
  boolean minds(InetAddress address) {
    return state() == MASTER && addresses.has(address);
  }

  /** Another host answers for an address that this node {@link #minds}. */
  void onContender(PacketSocket.Contender contender, long at) {
    counters.contended.incrementAndGet();
    if (leaving()) {
      return; // It is the next holder's.
    }
    Instant now = time.moment(at);
    if (defence.tell(now, history.since(now))) {
      warn(
          "%s is also used by %s".formatted(contender.address().getHostAddress(), contender.mac()));
    }
    if (defence.defend(now, history.since(now))) {
      defend(now);
    }
  }

  /** An address of the VIP's interface is gone. */
  void onAddressGone(AddressOnLink gone, Instant now) {
    // One that lets go of them anyway does not care.
    if (state() != MASTER || leaving() || !addresses.has(gone.address())) {
      return;
    }
    warn(gone.address().getHostAddress() + " was removed from " + nic.name());
    if (defence.putBack(now)) {
      restore(now);
    } else {
      fail(VipReason.ADDRESS_REMOVED, now);
    }
  }

  /** Whether this node serves what comes in through the VIP. */
  final void serving(boolean serving, String why, Instant now) {
    servingWhy = why;
    bid(bidding.wants(serving, state(), now), now);
  }

  /** Another priority is configured; of no concern where none is bid. */
  void priority(int configured, Instant now) {
    bid(bidding.configuredAs(configured), now);
  }

  private void bid(Bidding next, Instant now) {
    int before = bidding.priority();
    become(next);
    if (next.priority() != before) {
      bidChanged(next, now);
    }
  }

  private void become(Bidding next) {
    bidding = next;
    biddingChangesAt = time.nanos(next.changeAt());
  }

  /** Whether that is in the way. */
  final boolean held(Hold hold) {
    return holds.contains(hold);
  }

  /** Something is in the way now. */
  final void hold(Hold hold, VipReason reason, Instant now) {
    if (holds.add(hold)) {
      stop(hold, reason, now);
    }
    completeReleases();
  }

  /** It is in the way of what has not begun. */
  final void waitFor(Hold hold, String why) {
    holds.add(hold);
    warn(why);
  }

  /** It is out of the way: with nothing else there, take part again. */
  final void release(Hold hold, Instant now) {
    if (holds.remove(hold)) {
      startIfFree(now);
    }
  }

  private void startIfFree(Instant now) {
    if (holds.isEmpty() && state() == INITIALIZE) {
      start(now);
    }
  }

  /** Lets go, and tries again after a while. */
  final void fail(VipReason reason, Instant now) {
    holds.add(Hold.FAULT);
    faultUntil = time.nanos(now.plus(FAULT_PAUSE));
    stop(Hold.FAULT, reason, now);
  }

  /** Completes that as soon as this node has nothing to do with the VIP any more. */
  final void whenReleased(CompletableFuture<Void> done) {
    releases.add(done);
  }

  private void completeReleases() {
    if (!releases.isEmpty() && state() == INITIALIZE) {
      releases.forEach(done -> done.complete(null));
      releases.clear();
    }
  }

  /**
   * Stops as soon as it lets nothing go any more, and leaves everything as it is to another process
   * of this node.
   */
  final void passOn(CompletableFuture<VipHandover> next, Instant now) {
    successor = next;
    passOnIfStill(now);
  }

  private void passOnIfStill(Instant now) {
    CompletableFuture<VipHandover> next = successor;
    if (next == null || leaving()) {
      return;
    }
    successor = null;
    boolean held = state() == MASTER;
    holds.add(Hold.OTHER_PROCESS);
    long lease = detach(now);
    if (state() == INITIALIZE) {
      addresses.leave();
      next.complete(new VipHandover(held, lease));
    } else {
      successor = next;
    }
  }

  final void addAddresses(Instant now) {
    notifier.opening(config.name(), addresses.all());
    refused |= !addresses.add(time.nanos(now)) || !confirmed();
  }

  final void removeAddresses() {
    notifier.closing(config.name(), addresses.all());
    addresses.remove();
  }

  final void endSessions(VipReason reason) {
    sessionsTold = true;
    notifier.closing(config.name(), addresses.all());
    notifier.leaving(config.name(), addresses.all(), reason, () -> loop.post(this::sessionsEnded));
  }

  final void changed(VipState from, VipState to, VipReason reason, Instant now) {
    tell(new VipTransition(now, config.name(), from, to, reason));
    if (from == MASTER && reason != VipReason.PASSED_ON && !sessionsTold) {
      notifier.lost(config.name(), addresses.all(), reason);
    }
    sessionsTold = false;
    // In its new state the node may owe the others a change of mind sooner, or later.
    become(bidding.in(to, now));
  }

  final void tell(VipTransition transition) {
    counters.transition(transition.reason());
    history.add(transition);
    notifier.transition(transition);
  }

  final void warn(String text) {
    notifier.warning(config.name(), text);
  }

  /** To be called after each step of the machine, when its actions are done. */
  final void settle(Instant now) {
    if (refused) {
      refused = false;
      fail(VipReason.ADDRESS_REFUSED, now);
    }
    completeReleases();
    passOnIfStill(now);
    startIfFree(now);
  }

  /** From any thread. */
  final VipStatus status(Instant started, DurationHistogram.Snapshot lateness) {
    Election election = election(bidding, servingWhy);
    return new VipStatus(
        config.name(),
        config.networkInterface(),
        addresses.all(),
        election.state(),
        history.reason(),
        election.why(),
        history.since(started),
        config.mode(),
        election.holder(),
        election.master(),
        election.priority(),
        election.serving(),
        counters.transitions(),
        history.recent(),
        counters.snapshot(),
        counters.rejected(),
        lateness);
  }
}
