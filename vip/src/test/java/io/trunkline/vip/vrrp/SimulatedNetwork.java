package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.VrrpAction.SendAdvertisement;
import io.trunkline.vip.vrrp.VrrpEvent.AdvertisementReceived;
import io.trunkline.vip.vrrp.VrrpEvent.TimerExpired;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

/** Nodes of one group on a network that loses, delays and partitions, in simulated time. */
public final class SimulatedNetwork {
  /** One node: its state, and whether its addresses are on the interface. */
  public static final class Node {
    final int index;
    VrrpState state;
    boolean holdsAddresses;
    boolean linkUp = true;
    boolean frozen;
    int preempted;
    int side;

    Node(int index, VirtualRouter router, int priority) {
      this.index = index;
      this.state = new Initialize(new Bid(priority, Routers.ip("10.0.0." + (index + 1))));
    }

    public VrrpState state() {
      return state;
    }

    public boolean master() {
      return state instanceof Master;
    }
  }

  private record Delivery(Instant at, long order, Node to, VrrpEvent what) {}

  /** How long the sessions of a node take to end. */
  private static final Duration SESSIONS_END = Duration.ofMillis(1);

  final List<Node> nodes = new ArrayList<>();
  final VirtualRouter router;
  final Random random;
  Instant now = Instant.EPOCH;
  double loss;
  Duration longestDelay = Duration.ofMillis(1);
  private long order;
  private final PriorityQueue<Delivery> inFlight =
      new PriorityQueue<>(Comparator.comparing(Delivery::at).thenComparingLong(Delivery::order));

  public SimulatedNetwork(VirtualRouter router, Random random) {
    this.router = router;
    this.random = random;
  }

  public Node add(int priority) {
    Node node = new Node(nodes.size(), router, priority);
    nodes.add(node);
    return node;
  }

  public void start(Node node) {
    tell(node, new VrrpEvent.Startup(node.state.bid().local()));
  }

  public void run(Duration time) {
    Instant end = now.plus(time);
    for (int events = 0; ; events++) {
      if (events > 100_000) {
        throw new AssertionError(
            "a storm at " + now + ": " + nodes.stream().map(n -> n.state).toList());
      }
      Delivery delivery = inFlight.peek();
      Node due = nodes.stream().min(Comparator.comparing(SimulatedNetwork::dueAt)).orElseThrow();
      Instant deliverAt = delivery == null ? Instant.MAX : delivery.at();
      Instant next = deliverAt.isBefore(dueAt(due)) ? deliverAt : dueAt(due);
      if (next.isAfter(end)) {
        now = end;
        return;
      }
      now = next;
      if (delivery != null && deliverAt.equals(next)) {
        inFlight.remove();
        if (delivery.to().frozen) {
          continue;
        }
        if (delivery.to().linkUp || delivery.what() instanceof VrrpEvent.SessionsEnded) {
          tell(delivery.to(), delivery.what());
        }
      } else {
        tell(due, new TimerExpired());
      }
    }
  }

  private static Instant dueAt(Node node) {
    return node.frozen ? Instant.MAX : node.state.deadline();
  }

  /** That node stands still for so long; then it hears what the others say, and goes on. */
  void freeze(Node node, Duration time) {
    node.frozen = true;
    run(time);
    node.frozen = false;
  }

  public Instant now() {
    return now;
  }

  public void tell(Node node, VrrpEvent event) {
    VrrpState.Step step = node.state.on(event, now, router);
    node.state = step.state();
    for (VrrpAction action : step.actions()) {
      switch (action) {
        case SendAdvertisement send -> broadcast(node, send.priority());
        case VrrpAction.AddAddresses _ -> node.holdsAddresses = true;
        case VrrpAction.RemoveAddresses _ -> node.holdsAddresses = false;
        case VrrpAction.EndSessions _ ->
            inFlight.add(
                new Delivery(now.plus(SESSIONS_END), order++, node, new VrrpEvent.SessionsEnded()));
        case VrrpAction.Transition change ->
            node.preempted += change.reason() == VipReason.PREEMPTED_LOWER ? 1 : 0;
        case VrrpAction.AnnounceAddresses _ -> {}
      }
    }
    if (node.holdsAddresses != node.master()) {
      throw new AssertionError(
          "node %d is %s and its addresses are %s after %s"
              .formatted(node.index, node.state, node.holdsAddresses ? "on" : "off", event));
    }
  }

  public List<Node> masters() {
    return nodes.stream().filter(Node::master).toList();
  }

  private void broadcast(Node from, int priority) {
    if (!from.linkUp) {
      return;
    }
    Advertisement what =
        new Advertisement(priority, router.advertInterval(), from.state.bid().local());
    for (Node to : nodes) {
      if (to != from && to.side == from.side && random.nextDouble() >= loss) {
        long nanos = random.nextLong(1, longestDelay.toNanos() + 1);
        inFlight.add(
            new Delivery(now.plusNanos(nanos), order++, to, new AdvertisementReceived(what)));
      }
    }
  }
}
