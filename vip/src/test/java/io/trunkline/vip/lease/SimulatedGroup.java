package io.trunkline.vip.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;

/** Nodes and an etcd, with questions and answers that are lost and delayed, in simulated time. */
final class SimulatedGroup {
  private record Due(Instant at, long order, Consumer<Instant> what) {}

  final List<SimulatedNode> nodes = new ArrayList<>();
  final SimulatedEtcd etcd;
  final Duration ttl;
  final Random random;
  Instant now = Instant.EPOCH;
  double loss;
  Duration longestDelay = Duration.ofMillis(2);
  private long order;
  private final PriorityQueue<Due> inFlight =
      new PriorityQueue<>(Comparator.comparing(Due::at).thenComparingLong(Due::order));

  SimulatedGroup(int count, Duration ttl, Random random) {
    this.ttl = ttl;
    this.random = random;
    this.etcd = new SimulatedEtcd(random);
    for (int i = 0; i < count; i++) {
      SimulatedNode[] self = new SimulatedNode[1];
      self[0] = new SimulatedNode("node-" + i, ttl, action -> ask(self[0], action));
      nodes.add(self[0]);
    }
  }

  /** Runs what is due until that much time has passed. */
  void run(Duration time) {
    Instant end = now.plus(time);
    for (int events = 0; ; events++) {
      if (events > 200_000) {
        throw new AssertionError("a storm at " + now);
      }
      Instant flight = inFlight.isEmpty() ? Instant.MAX : inFlight.peek().at();
      SimulatedNode first =
          nodes.stream().min(Comparator.comparing(SimulatedNode::deadline)).orElseThrow();
      Instant next = min(min(flight, first.deadline()), etcd.nextExpiry());
      if (next.isAfter(end)) {
        now = end;
        check();
        return;
      }
      now = next.isBefore(now) ? now : next;
      check();
      if (flight.equals(next)) {
        inFlight.remove().what().accept(now);
      } else if (etcd.nextExpiry().equals(next)) {
        // The moment before the key goes is the last at which the holder may have its addresses.
        if (etcd.expire(now)) {
          told();
        }
      } else {
        first.turn(now);
      }
      check();
    }
  }

  /** Nobody has the addresses but the node that etcd holds for the holder. */
  private void check() {
    for (SimulatedNode node : nodes) {
      if (node.hasAddresses(now)) {
        Optional<String> holder = etcd.holder().map(LeaseView.Holder::node);
        if (!holder.equals(Optional.of(node.name))) {
          throw new AssertionError(
              "at %s %s has the addresses and %s holds the lease: %s, %s"
                  .formatted(now, node.name, holder, node.state, node.lease));
        }
      }
    }
  }

  void freeze(SimulatedNode node, Duration time) {
    node.frozen = true;
    in(
        time,
        at -> {
          node.frozen = false;
          node.turn(at);
        });
  }

  private void ask(SimulatedNode node, LeaseAction action) {
    switch (action) {
      case LeaseAction.Grant grant ->
          travel(
              at -> {
                if (etcd.quorum()) {
                  long lease = etcd.grant(grant.ttl(), at);
                  answer(node, new LeaseEvent.Granted(grant.askedAt(), lease, grant.ttl()));
                } else {
                  answer(node, new LeaseEvent.Failed(grant.askedAt()));
                }
              });
      case LeaseAction.Ask ask -> travel(at -> onQuestion(node, ask, at));
      case LeaseAction.Revoke revoke ->
          travel(
              _ -> {
                if (etcd.quorum() && etcd.revoke(revoke.lease())) {
                  told();
                }
              });
    }
  }

  private void onQuestion(SimulatedNode node, LeaseAction.Ask ask, Instant at) {
    long lease = ask.question().lease();
    if (!etcd.quorum()) {
      answer(node, new LeaseEvent.Failed(ask.askedAt()));
    } else if (!etcd.knows(lease)) {
      answer(node, new LeaseEvent.Gone(ask.askedAt(), lease));
    } else {
      etcd.renew(lease, ttl, at);
      if (etcd.write(node.name, ask.question())) {
        told();
      }
      boolean certain = random.nextInt(20) != 0;
      answer(
          node,
          new LeaseEvent.Answered(
              ask.askedAt(), lease, certain ? Optional.of(ttl) : Optional.empty(), etcd.view()));
    }
  }

  private void told() {
    nodes.forEach(node -> answer(node, new LeaseEvent.Changed()));
  }

  private void answer(SimulatedNode node, LeaseEvent event) {
    travel(at -> node.arrive(event, at));
  }

  private void travel(Consumer<Instant> arrival) {
    if (random.nextDouble() >= loss) {
      in(Duration.ofNanos(random.nextLong(1, longestDelay.toNanos() + 1)), arrival);
    }
  }

  private void in(Duration time, Consumer<Instant> what) {
    inFlight.add(new Due(now.plus(time), order++, what));
  }

  private static Instant min(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
