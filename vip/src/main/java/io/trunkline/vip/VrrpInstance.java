package io.trunkline.vip;

import static io.trunkline.vip.VipState.BACKUP;

import io.trunkline.config.VipConfig;
import io.trunkline.config.VipConfig.DuplicateAddress;
import io.trunkline.vip.linux.AddressOnLink;
import io.trunkline.vip.linux.LinuxException;
import io.trunkline.vip.linux.PacketSocket;
import io.trunkline.vip.vrrp.Advertisement;
import io.trunkline.vip.vrrp.Backup;
import io.trunkline.vip.vrrp.Bid;
import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.Master;
import io.trunkline.vip.vrrp.Reject;
import io.trunkline.vip.vrrp.VirtualRouter;
import io.trunkline.vip.vrrp.VrrpAction;
import io.trunkline.vip.vrrp.VrrpCodec;
import io.trunkline.vip.vrrp.VrrpEvent;
import io.trunkline.vip.vrrp.VrrpState;
import io.trunkline.vip.vrrp.VrrpTimers;
import java.net.InetAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A VIP of mode vrrp: carries events to the machine, and out what it decides. */
final class VrrpInstance extends VipInstance {
  private static final VrrpEvent TIMER_EXPIRED = new VrrpEvent.TimerExpired();

  private final VirtualRouter router;
  private final VrrpCodec codec;
  private final AdvertisementSender sender;
  private final AddressProbe probe;
  private final VrrpTimers timers;

  private volatile @Nullable String refusal;
  private byte[] local;
  private boolean inherits;

  VrrpInstance(VipConfig config, VipInterface nic, VipLoop loop) {
    super(config, config.vrrp().priority(), nic, loop);
    this.router = VirtualRouter.of(config);
    this.codec = new VrrpCodec(router);
    this.sender =
        new AdvertisementSender(nic, codec, router.ipv6(), config.vrrp().unicastPeers(), counters);
    this.probe = new AddressProbe(addresses);
    // Whatever the local address turns out to be: it is known before anything is sent.
    InetAddress none = router.addresses().getFirst();
    this.local = none.getAddress();
    this.timers = new VrrpTimers(router, time, new Initialize(new Bid(Bid.NOT_SERVING, none)));
  }

  VirtualRouter router() {
    return router;
  }

  @Override
  VipState state() {
    return VipState.of(timers.rough());
  }

  @Override
  boolean leaving() {
    return timers.rough() instanceof Master master && master.leaves();
  }

  @Override
  long timerAt() {
    return probe.due(timers.deadline());
  }

  @Override
  void onTimer(long now) {
    if (now - timerAt() > router.advertInterval().toNanos()) {
      counters.missedDeadlines.incrementAndGet();
    }
    if (timers.advertise(now)) {
      sender.advertise(timers.rough().bid().priority(), local);
    } else if (!asksFirst(now) || probed(now)) {
      step(TIMER_EXPIRED, time.moment(now));
    }
  }

  /** A master that was heard of late has the addresses rightly, and is about to lose them. */
  private boolean asksFirst(long now) {
    return config.duplicateAddress() == DuplicateAddress.REFUSE
        && timers.exact() instanceof Backup backup
        && backup.expecting(time.moment(now)) == VipReason.MASTER_SILENT;
  }

  /** Whether it is certain now that no other host uses the addresses. */
  private boolean probed(long now) {
    PacketSocket.Contender other = probe.answer();
    return switch (probe.onTime(timers.deadline(), now)) {
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
      warn(why);
      tell(new VipTransition(now, config.name(), BACKUP, BACKUP, VipReason.DUPLICATE_ADDRESS));
    }
  }

  void onDatagram(Datagram datagram, long now) {
    switch (codec.decode(datagram, local)) {
      case VrrpCodec.Decoded.Rejected rejected -> counters.rejected(rejected.reason());
      case VrrpCodec.Decoded.Accepted accepted -> {
        if (sender.knows(datagram.source())) {
          counters.received.incrementAndGet();
          onAdvertisement(accepted.advertisement(), now);
        } else {
          counters.rejected(Reject.PEER);
        }
      }
    }
  }

  private void onAdvertisement(Advertisement heard, long now) {
    if (!timers.hear(heard, now)) {
      step(new VrrpEvent.AdvertisementReceived(heard), time.moment(now));
      if (probe.about(timers.deadline()) && !asksFirst(now)) {
        probe.end();
      }
    }
    if (refusal != null && !probe.about(timers.deadline())) {
      // There is a master again.
      refusal = null;
      tell(new VipTransition(time.moment(now), config.name(), BACKUP, BACKUP, VipReason.JOINED));
    }
  }

  @Override
  boolean minds(InetAddress address) {
    return super.minds(address) || (asking() && addresses.has(address));
  }

  private boolean asking() {
    return probe.asks(timers.deadline());
  }

  @Override
  void onContender(PacketSocket.Contender contender, long at) {
    if (asking()) {
      counters.contended.incrementAndGet();
      probe.answered(contender, at);
    } else {
      super.onContender(contender, at);
    }
  }

  @Override
  void onAddressGone(AddressOnLink gone, Instant now) {
    if (Arrays.equals(gone.address().getAddress(), local)) {
      // Perhaps there is another one to advertise from.
      hold(Hold.LOCAL_ADDRESS, VipReason.NO_LOCAL_ADDRESS, now);
      release(Hold.LOCAL_ADDRESS, now);
    } else {
      super.onAddressGone(gone, now);
    }
  }

  @Override
  void bidChanged(Bidding bid, Instant now) {
    step(new VrrpEvent.PriorityChanged(bid.priority()), now);
  }

  @Override
  void start(Instant now) {
    try {
      InetAddress from = nic.local(router.ipv6()).orElse(null);
      if (from == null) {
        waitFor(Hold.LOCAL_ADDRESS, noLocalAddress());
        return;
      }
      local = from.getAddress();
      step(inherits ? new VrrpEvent.Inherit(from) : new VrrpEvent.Startup(from), now);
    } catch (LinuxException e) {
      warn(String.valueOf(e.getMessage()));
      fail(VipReason.ADDRESS_REFUSED, now);
    }
  }

  private String noLocalAddress() {
    return router.ipv6()
        ? nic.name() + " has no IPv6 link-local address: is IPv6 disabled on it?"
        : nic.name() + " has no IPv4 address of its own to advertise from";
  }

  @Override
  void stop(Hold hold, VipReason reason, Instant now) {
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
  long detach(Instant now) {
    step(new VrrpEvent.PassOn(), now);
    return 0;
  }

  @Override
  void inherit(VipHandover left, Instant now) {
    inherits = left.held();
    release(Hold.OTHER_PROCESS, now);
    inherits = false;
  }

  @Override
  void sessionsEnded(Instant now) {
    step(new VrrpEvent.SessionsEnded(), now);
  }

  @Override
  void defend(Instant now) {
    step(new VrrpEvent.AddressContested(), now);
  }

  @Override
  void restore(Instant now) {
    step(new VrrpEvent.AddressLost(), now);
  }

  private void step(VrrpEvent event, Instant now) {
    VrrpState.Step step = timers.exact().on(event, now, router);
    timers.enter(step.state());
    List<VrrpAction> actions = step.actions();
    for (int i = 0; i < actions.size(); i++) {
      perform(actions.get(i), now);
    }
    settle(now);
  }

  private void perform(VrrpAction action, Instant now) {
    switch (action) {
      case VrrpAction.SendAdvertisement send -> sender.advertise(send.priority(), local);
      case VrrpAction.AddAddresses _ -> addAddresses(now);
      case VrrpAction.RemoveAddresses _ -> removeAddresses();
      case VrrpAction.AnnounceAddresses _ -> addresses.announce();
      case VrrpAction.EndSessions end -> endSessions(end.reason());
      case VrrpAction.Transition change -> {
        refusal = null;
        changed(VipState.of(change.from()), VipState.of(change.to()), change.reason(), now);
      }
    }
  }

  @Override
  Election election(Bidding bid, String servingWhy) {
    return Election.of(timers.rough(), bid, refusal, servingWhy, history);
  }
}
