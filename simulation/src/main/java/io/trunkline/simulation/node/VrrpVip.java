package io.trunkline.simulation.node;

import io.trunkline.config.VipConfig;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.story.Coverage;
import io.trunkline.simulation.story.Story;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.SimulatedProcess;
import io.trunkline.vip.Bidding;
import io.trunkline.vip.LoopTime;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.vrrp.Bid;
import io.trunkline.vip.vrrp.Datagram;
import io.trunkline.vip.vrrp.Initialize;
import io.trunkline.vip.vrrp.VirtualRouter;
import io.trunkline.vip.vrrp.VrrpAction;
import io.trunkline.vip.vrrp.VrrpCodec;
import io.trunkline.vip.vrrp.VrrpEvent;
import io.trunkline.vip.vrrp.VrrpState;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A VIP of mode vrrp: Trunkline's machine, codec and bidding, on the simulated network and kernel.
 * What carries events to the machine, and out what it decides, does so as {@code VrrpInstance}
 * does.
 */
final class VrrpVip {
  private static final String GROUP = "224.0.0.18";
  private static final byte[] GROUP_ADDRESS = {(byte) 224, 0, 0, 18};
  private static final long RENEWAL = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int HOP_LIMIT = 255;

  private final String host;
  private final Network network;
  private final KernelAddress address;
  private final SimulatedProcess process;
  private final Randomness random;
  private final VipChanges changes;
  private final VirtualRouter router;
  private final VrrpCodec codec;
  private final LoopTime time;
  private final VipTurns turns;
  private final InetAddress local;
  private VrrpState state;
  private Bidding bidding;
  private long renewAt = LoopTime.NEVER;

  VrrpVip(
      VipConfig config,
      int priority,
      String node,
      String host,
      Network network,
      KernelAddress address,
      SimulatedProcess process,
      Randomness random,
      Coverage coverage,
      Story story) {
    this.host = host;
    this.network = network;
    this.address = address;
    this.process = process;
    this.random = random;
    this.changes = new VipChanges(node, "vrrp", coverage, story);
    this.router = VirtualRouter.of(config);
    this.codec = new VrrpCodec(router);
    this.time = new LoopTime(process.clock().steady(), process.clock()::nanoTime);
    this.turns = new VipTurns(process, time, this::deadline, this::onTime);
    this.local = InetAddress.ofLiteral(host);
    this.state = new Initialize(new Bid(Bid.NOT_SERVING, local));
    this.bidding = Bidding.unknown(priority);
  }

  void start() {
    network.join(GROUP, host, (from, message) -> turns.post(now -> onDatagram(from, message, now)));
    turns.post(now -> step(new VrrpEvent.Startup(local), now));
  }

  /** Whether this node serves what comes in through the VIP. */
  void serving(boolean serving) {
    turns.post(now -> bid(bidding.wants(serving, VipState.of(state), now), now));
  }

  private long deadline() {
    return Math.min(
        Math.min(time.nanos(state.deadline()), time.nanos(bidding.changeAt())), renewAt);
  }

  private void onTime(long now) {
    Instant moment = time.moment(now);
    if (!moment.isBefore(state.deadline())) {
      step(new VrrpEvent.TimerExpired(), moment);
    }
    if (!moment.isBefore(bidding.changeAt())) {
      bid(bidding.at(moment), moment);
    }
    if (now >= renewAt) {
      address.put();
      renewAt = now + RENEWAL;
    }
  }

  private void bid(Bidding next, Instant now) {
    int before = bidding.priority();
    bidding = next;
    if (next.priority() != before) {
      step(new VrrpEvent.PriorityChanged(next.priority()), now);
    }
  }

  private void onDatagram(String from, byte[] message, Instant now) {
    Datagram datagram = new Datagram(ByteBuffer.wrap(message), false);
    System.arraycopy(InetAddress.ofLiteral(from).getAddress(), 0, datagram.source(), 0, 4);
    System.arraycopy(GROUP_ADDRESS, 0, datagram.destination(), 0, 4);
    datagram.hopLimit(HOP_LIMIT);
    if (codec.decode(datagram, local.getAddress()) instanceof VrrpCodec.Decoded.Accepted accepted) {
      step(new VrrpEvent.AdvertisementReceived(accepted.advertisement()), now);
    }
  }

  private void step(VrrpEvent event, Instant now) {
    VrrpState.Step step = state.on(event, now, router);
    state = step.state();
    for (VrrpAction action : step.actions()) {
      perform(action, now);
    }
  }

  private void perform(VrrpAction action, Instant now) {
    switch (action) {
      case VrrpAction.SendAdvertisement send -> send(send.priority());
      case VrrpAction.AddAddresses _ -> {
        address.put();
        renewAt = time.nanos(now) + RENEWAL;
      }
      case VrrpAction.RemoveAddresses _ -> {
        renewAt = LoopTime.NEVER;
        address.remove();
      }
      case VrrpAction.AnnounceAddresses _ -> {}
      case VrrpAction.EndSessions _ ->
          process.after(
              random.millis(1, 400),
              () -> turns.post(later -> step(new VrrpEvent.SessionsEnded(), later)));
      case VrrpAction.Transition change -> {
        VipState to = VipState.of(change.to());
        changes.tell(VipState.of(change.from()), to, change.reason());
        bidding = bidding.in(to, now);
      }
    }
  }

  private void send(int priority) {
    ByteBuffer message = ByteBuffer.allocate(VrrpCodec.LONGEST);
    int length = codec.encode(priority, local.getAddress(), GROUP_ADDRESS, message);
    byte[] bytes = new byte[length];
    message.get(0, bytes);
    network.multicast(GROUP, host, bytes);
  }

  /** The daemon stops. */
  void release() {
    turns.post(now -> step(new VrrpEvent.Release(VipReason.SHUTDOWN), now));
  }
}
