package io.trunkline.vip;

import static io.trunkline.vip.VipState.BACKUP;

import io.trunkline.config.VipConfig;
import io.trunkline.config.VipConfig.DuplicateAddress;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.Link;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.linux.RouteSocket;
import io.trunkline.vip.vrrp.Advertisement;
import io.trunkline.vip.vrrp.Backup;
import io.trunkline.vip.vrrp.Bid;
import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.Decoded;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.Master;
import io.trunkline.vip.vrrp.Reject;
import io.trunkline.vip.vrrp.Step;
import io.trunkline.vip.vrrp.VirtualRouter;
import io.trunkline.vip.vrrp.VrrpAction;
import io.trunkline.vip.vrrp.VrrpCodec;
import io.trunkline.vip.vrrp.VrrpEvent;
import io.trunkline.vip.vrrp.VrrpMachine;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One VIP: carries events to the machine, and out what it decides. Runs on the loop's thread. */
final class VrrpInstance implements VipInstance {
  private static final VrrpEvent TIMER_EXPIRED = new VrrpEvent.TimerExpired();
  private static final Duration FAULT_PAUSE = Duration.ofSeconds(10);

  private final VipConfig config;
  private final VirtualRouter router;
  private final VrrpMachine machine;
  private final VrrpCodec codec;
  private final Port port;
  private final AddressKeeper keeper;
  private final Outbox outbox;
  private final Announcer announcer;
  private final Inquiry inquiry;
  private final Disputes disputes = new Disputes();
  private final Notifier notifier;
  private final VipLoop loop;
  private final LoopTime time;
  private final Repetition current;
  private final Counters counters = new Counters();
  private final History history = new History();
  private final Set<Hold> holds = EnumSet.of(Hold.LINK);

  private volatile Bidding bidding;
  private volatile String servingWhy = "the daemon has not reported yet whether it serves";
  private volatile @Nullable String refusal;
  private byte[] local;
  private long biddingChangesAt = LoopTime.NEVER;
  private long faultUntil = LoopTime.NEVER;
  private boolean sessionsTold;
  private boolean inherits;
  private @Nullable CompletableFuture<Bequest> heir;
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
  private @Nullable VipReason failure;

  VrrpInstance(VipConfig config, Port port, RouteSocket routes, Notifier notifier, VipLoop loop) {
    this.config = config;
    this.router = VirtualRouters.of(config);
    this.machine = new VrrpMachine(router);
    this.codec = new VrrpCodec(router);
    this.port = port;
    this.keeper = new AddressKeeper(routes, config.allAddresses());
    this.outbox = new Outbox(port, codec, router.ipv6(), config.vrrp().unicastPeers(), counters);
    this.announcer = new Announcer(port, addresses(), counters);
    this.inquiry = new Inquiry(announcer);
    this.notifier = notifier;
    this.loop = loop;
    this.time = loop.time();
    this.bidding = Bidding.unknown(config.vrrp().priority());
    // Whatever the local address turns out to be: it is known before anything is sent.
    InetAddress none = router.addresses().getFirst();
    this.local = none.getAddress();
    this.current = new Repetition(router, time, new Initialize(new Bid(bidding.priority(), none)));
  }

  @Override
  public VipConfig config() {
    return config;
  }

  private String name() {
    return config.name();
  }

  VirtualRouter router() {
    return router;
  }

  @Override
  public boolean keeps(AddressOnLink candidate) {
    return keeper.keeps(candidate);
  }

  @Override
  public void whenReleased(CompletableFuture<Void> done) {
    waiting.add(done);
  }

  private void completeReleased() {
    if (!waiting.isEmpty() && current.rough() instanceof Initialize) {
      waiting.forEach(done -> done.complete(null));
      waiting.clear();
    }
  }

  @Override
  public void clean() throws LinuxException {
    Link link = port.link();
    if (link != null && keeper.clean(link)) {
      notifier.warning(name(), "removed the addresses that were left on " + port.name());
    }
  }

  @Override
  public long deadline() {
    long own = Math.min(biddingChangesAt, faultUntil);
    return Math.min(Math.min(timerAt(), keeper.renewAt()), own);
  }

  /** When the machine's timer is to be acted on. */
  private long timerAt() {
    return inquiry.due(current.deadline());
  }

  @Override
  public void onTime(long now, long lastHeartbeat) {
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
    if (now >= keeper.renewAt() && port.link() != null) {
      renew(now, lastHeartbeat);
    }
  }

  private void onTimer(long now) {
    if (now - timerAt() > router.advertInterval().toNanos()) {
      counters.missedDeadlines.incrementAndGet();
    }
    if (current.advertise(now)) {
      outbox.advertise(current.rough().bid().priority(), local);
    } else if (!asksFirst(now) || inquire(now)) {
      step(TIMER_EXPIRED, time.moment(now));
    }
  }

  /** A master that was heard of late has the addresses rightly, and is about to lose them. */
  private boolean asksFirst(long now) {
    return config.duplicateAddress() == DuplicateAddress.REFUSE
        && current.exact() instanceof Backup backup
        && backup.expecting(time.moment(now)) == VipReason.MASTER_SILENT;
  }

  /** Whether it is certain now that no other host uses the addresses. */
  private boolean inquire(long now) {
    PacketSocket.Contender other = inquiry.answer();
    return switch (inquiry.onTime(current.deadline(), now)) {
      case PENDING -> false;
      case TAKEN -> {
        refuse(Objects.requireNonNull(other), time.moment(now));
        yield false;
      }
      case FREE -> true;
    };
  }

  private void refuse(PacketSocket.Contender other, Instant now) {
    String why =
        "%s is used by %s: this node does not take the addresses while that host answers"
            .formatted(other.address().getHostAddress(), other.mac());
    if (!why.equals(refusal)) {
      refusal = why;
      notifier.warning(name(), why);
      tell(new VipTransition(now, name(), BACKUP, BACKUP, VipReason.DUPLICATE_ADDRESS));
    }
  }

  private void renew(long now, long lastHeartbeat) {
    try {
      keeper.renew(lastHeartbeat, now);
    } catch (LinuxException e) {
      notifier.warning(name(), String.valueOf(e.getMessage()));
      fail(VipReason.ADDRESS_REFUSED, time.moment(now));
    }
  }

  void onDatagram(Datagram datagram, long now) {
    switch (codec.decode(datagram, local)) {
      case Decoded.Rejected rejected -> counters.rejected(rejected.reason());
      case Decoded.Accepted accepted -> {
        if (outbox.knows(datagram.source())) {
          counters.received.incrementAndGet();
          onAdvertisement(accepted.advertisement(), now);
        } else {
          counters.rejected(Reject.PEER);
        }
      }
    }
  }

  private void onAdvertisement(Advertisement heard, long now) {
    if (!current.hear(heard, now)) {
      step(new VrrpEvent.AdvertisementReceived(heard), time.moment(now));
      if (inquiry.about(current.deadline()) && !asksFirst(now)) {
        inquiry.end();
      }
    }
    if (refusal != null && !inquiry.about(current.deadline())) {
      // There is a master again.
      refusal = null;
      tell(new VipTransition(time.moment(now), name(), BACKUP, BACKUP, VipReason.JOINED));
    }
  }

  @Override
  public boolean minds(InetAddress address) {
    boolean concerned = current.rough() instanceof Master || inquiry.asks(current.deadline());
    return concerned && addresses().contains(address);
  }

  @Override
  public void onContender(PacketSocket.Contender contender, long at) {
    Instant now = time.moment(at);
    counters.contended.incrementAndGet();
    if (inquiry.asks(current.deadline())) {
      inquiry.answered(contender, at);
      return;
    }
    if (current.rough() instanceof Master master && master.leaves()) {
      return; // It is the next holder's.
    }
    if (disputes.tell(now, history.since(now))) {
      notifier.warning(
          name(),
          "%s is also used by %s".formatted(contender.address().getHostAddress(), contender.mac()));
    }
    if (disputes.defend(now, history.since(now))) {
      step(new VrrpEvent.AddressContested(), now);
    }
  }

  @Override
  public void onAddressGone(AddressOnLink gone, Instant now) {
    if (Arrays.equals(gone.address().getAddress(), local)) {
      // Perhaps there is another one to advertise from.
      hold(Hold.LOCAL_ADDRESS, VipReason.NO_LOCAL_ADDRESS, now);
      release(Hold.LOCAL_ADDRESS, now);
      return;
    }
    // One that lets go of them anyway does not care.
    if (!(current.rough() instanceof Master master) || master.leaves() || !keeps(gone)) {
      return;
    }
    notifier.warning(name(), gone.address().getHostAddress() + " was removed from " + port.name());
    if (disputes.putBack(now)) {
      step(new VrrpEvent.AddressLost(), now);
    } else {
      fail(VipReason.ADDRESS_REMOVED, now);
    }
  }

  @Override
  public void serving(boolean serving, String why, Instant now) {
    servingWhy = why;
    bid(bidding.wants(serving, VipState.of(current.rough()), now), now);
  }

  @Override
  public void priority(int configured, Instant now) {
    bid(bidding.configuredAs(configured), now);
  }

  private void bid(Bidding next, Instant now) {
    int before = bidding.priority();
    become(next);
    if (next.priority() != before) {
      step(new VrrpEvent.PriorityChanged(next.priority()), now);
    }
  }

  @Override
  public boolean held(Hold hold) {
    return holds.contains(hold);
  }

  @Override
  public void hold(Hold hold, VipReason reason, Instant now) {
    if (!holds.add(hold)) {
      completeReleased();
      return;
    }
    step(
        switch (hold) {
          case LINK -> new VrrpEvent.LinkDown();
          case RELEASED -> new VrrpEvent.Release(reason);
          case LOCAL_ADDRESS, HEARTBEAT, FAULT -> new VrrpEvent.Fail(reason);
          case OTHER_PROCESS -> new VrrpEvent.PassOn();
        },
        now);
  }

  @Override
  public void release(Hold hold, Instant now) {
    if (holds.remove(hold)) {
      startIfFree(now);
    }
  }

  @Override
  public void passOn(CompletableFuture<Bequest> next, Instant now) {
    heir = next;
    passOn(now);
  }

  private void passOn(Instant now) {
    CompletableFuture<Bequest> next = heir;
    if (next == null || (current.rough() instanceof Master master && master.leaves())) {
      return;
    }
    heir = null;
    boolean held = current.rough() instanceof Master;
    holds.add(Hold.OTHER_PROCESS);
    step(new VrrpEvent.PassOn(), now);
    if (current.rough() instanceof Initialize) {
      keeper.leave();
      next.complete(new Bequest(held, 0));
    } else {
      heir = next;
    }
  }

  @Override
  public void inherit(Bequest bequest, Instant now) {
    inherits = bequest.held();
    release(Hold.OTHER_PROCESS, now);
    inherits = false;
  }

  private void startIfFree(Instant now) {
    if (!holds.isEmpty() || !(current.rough() instanceof Initialize)) {
      return;
    }
    try {
      InetAddress from = port.local(router.ipv6()).orElse(null);
      if (from == null) {
        holds.add(Hold.LOCAL_ADDRESS);
        notifier.warning(name(), noLocalAddress());
        return;
      }
      local = from.getAddress();
      step(inherits ? new VrrpEvent.Inherit(from) : new VrrpEvent.Startup(from), now);
    } catch (LinuxException e) {
      notifier.warning(name(), String.valueOf(e.getMessage()));
      fail(VipReason.ADDRESS_REFUSED, now);
    }
  }

  private String noLocalAddress() {
    return router.ipv6()
        ? port.name() + " has no IPv6 link-local address: is IPv6 disabled on it?"
        : port.name() + " has no IPv4 address of its own to advertise from";
  }

  private void fail(VipReason reason, Instant now) {
    holds.add(Hold.FAULT);
    faultUntil = time.nanos(now.plus(FAULT_PAUSE));
    step(new VrrpEvent.Fail(reason), now);
  }

  void step(VrrpEvent event, Instant now) {
    Step step = machine.step(current.exact(), event, now);
    current.enter(step.state());
    List<VrrpAction> actions = step.actions();
    for (int i = 0; i < actions.size(); i++) {
      perform(actions.get(i), now);
    }
    VipReason failed = failure;
    if (failed != null) {
      failure = null;
      fail(failed, now);
    }
    completeReleased();
    passOn(now);
    startIfFree(now);
  }

  private void perform(VrrpAction action, Instant now) {
    switch (action) {
      case VrrpAction.SendAdvertisement send -> outbox.advertise(send.priority(), local);
      case VrrpAction.AddAddresses _ -> addAddresses(now);
      case VrrpAction.RemoveAddresses _ -> removeAddresses();
      case VrrpAction.AnnounceAddresses _ -> {
        if (router.announcements().repeat() > 0) {
          announcer.announce();
        }
      }
      case VrrpAction.EndSessions end -> endSessions(end.reason());
      case VrrpAction.Transition transition -> onTransition(transition, now);
    }
  }

  private void addAddresses(Instant now) {
    notifier.opening(name(), addresses());
    try {
      Link link = port.link();
      if (link != null) {
        keeper.add(link, time.nanos(now));
      }
    } catch (LinuxException e) {
      notifier.warning(name(), String.valueOf(e.getMessage()));
      failure = VipReason.ADDRESS_REFUSED;
    }
  }

  private void removeAddresses() {
    notifier.closing(name(), addresses());
    try {
      Link link = port.link();
      if (link != null) {
        keeper.remove(link);
      }
    } catch (LinuxException e) {
      // Nobody renews them any more: the kernel removes them.
      notifier.warning(name(), String.valueOf(e.getMessage()));
    }
  }

  private void endSessions(VipReason reason) {
    sessionsTold = true;
    notifier.closing(name(), addresses());
    notifier.leaving(
        name(),
        addresses(),
        reason,
        () -> loop.post(now -> step(new VrrpEvent.SessionsEnded(), now)));
  }

  private void onTransition(VrrpAction.Transition change, Instant now) {
    VipTransition transition =
        new VipTransition(
            now, name(), VipState.of(change.from()), VipState.of(change.to()), change.reason());
    refusal = null;
    tell(transition);
    boolean gone = change.from() instanceof Master && change.reason() != VipReason.PASSED_ON;
    if (gone && !sessionsTold) {
      notifier.lost(name(), addresses(), change.reason());
    }
    sessionsTold = false;
    // In its new state the node may owe the others a change of mind sooner, or later.
    become(bidding.in(VipState.of(change.to()), now));
  }

  private void tell(VipTransition transition) {
    counters.transition(transition.reason());
    history.add(transition);
    notifier.transition(transition);
  }

  private void become(Bidding next) {
    bidding = next;
    biddingChangesAt = time.nanos(next.changeAt());
  }

  @Override
  public VipStatus status(Instant started, TimerLateness.Snapshot lateness) {
    return InstanceStatus.of(
        config,
        current.rough(),
        bidding,
        refusal,
        servingWhy,
        history,
        counters,
        started,
        lateness);
  }
}
