package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.SimulatedNetwork.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever happened before: once the network is whole, there is exactly one master in time. */
class VrrpPropertyTest {
  private static final int ROUNDS = 400;

  @Test
  void oneMasterAfterTheNetworkHeals() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedNetwork network = chaos(seed);
      settle(network);
      assertThat(network.masters()).as("masters with seed %d", seed).hasSize(1);
      Node best = best(network);
      if (network.router.preempt()) {
        preempt(network);
        assertThat(network.masters())
            .as("seed %d: %s", seed, network.nodes.stream().map(n -> n.state).toList())
            .hasSize(1);
        assertThat(network.masters().getFirst().state.bid().priority())
            .as("priority of the master with seed %d", seed)
            .isEqualTo(best.state.bid().priority());
      }
    }
  }

  @Test
  void nobodyMovesOnceItHasSettled() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedNetwork network = chaos(seed);
      settle(network);
      preempt(network);
      Node master = network.masters().getFirst();
      network.loss = 0.1;
      for (int i = 0; i < 20; i++) {
        network.loss = i % 2 == 0 ? 0.1 : 0;
        network.run(network.router.advertInterval());
        assertThat(master.master()).as("seed %d", seed).isTrue();
      }
    }
  }

  @Test
  void aReleaseIsTakenOverWithinOneSkew() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedNetwork network = network(new Random(seed));
      network.nodes.forEach(network::start);
      settle(network);
      network.run(preemption(network));
      Node before = network.masters().getFirst();
      network.tell(before, new VrrpEvent.Release(VipReason.RELEASED));
      network.run(network.router.advertInterval().plus(network.longestDelay));
      assertThat(network.masters())
          .as("seed %d", seed)
          .anyMatch(node -> node != before)
          .hasSizeBetween(1, 2);
      network.run(Duration.ofSeconds(2));
      assertThat(network.masters()).as("seed %d", seed).hasSize(1).doesNotContain(before);
    }
  }

  /**
   * A node that stands still again and again does not end everybody's sessions each time: within
   * ten minutes it takes the addresses back at most seven times, after 5, 10, 20, ... s, and there
   * is a master all the time but for a master-down interval after each freeze.
   */
  @Test
  void aNodeThatFreezesAgainAndAgainLeavesTheAddressesToTheOther() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      Random random = new Random(seed);
      Duration interval = Duration.ofMillis(100L * random.nextInt(1, 11));
      SimulatedNetwork network = new SimulatedNetwork(Routers.v3(interval, "10.0.0.100"), random);
      Node sick = network.add(100);
      Node other = network.add(90);
      network.nodes.forEach(network::start);
      settle(network);
      sick.preempted = 0;
      Duration down = network.router.masterDown(other.state.bid(), interval);
      Duration end = Duration.ofMinutes(10);
      for (Duration at = Duration.ZERO; at.compareTo(end) < 0; ) {
        Duration frozen = down.plusMillis(random.nextLong(10_000)).plus(interval);
        network.freeze(sick, frozen);
        assertThat(other.master()).as("seed %d at %s", seed, at).isTrue();
        Duration well = Duration.ofMillis(1_000 + random.nextLong(30_000));
        network.run(well);
        assertThat(network.masters()).as("seed %d at %s", seed, at).hasSize(1);
        at = at.plus(frozen).plus(well);
      }
      assertThat(sick.preempted).as("seed %d", seed).isLessThanOrEqualTo(7);
    }
  }

  private static SimulatedNetwork chaos(int seed) {
    Random random = new Random(seed);
    SimulatedNetwork network = network(random);
    network.nodes.forEach(network::start);
    for (int i = 0; i < 60; i++) {
      disturb(network, network.nodes.get(random.nextInt(network.nodes.size())), random);
      network.run(Duration.ofMillis(random.nextLong(1500)));
    }
    return network;
  }

  private static SimulatedNetwork network(Random random) {
    Duration interval = Duration.ofMillis(10L * random.nextInt(1, 101));
    boolean preempt = random.nextInt(4) != 0;
    Duration delay = random.nextInt(3) == 0 ? Duration.ofSeconds(2) : Duration.ZERO;
    VirtualRouter router =
        random.nextInt(5) == 0
            ? Routers.v2("", "10.0.0.100")
            : Routers.v3(interval, preempt, delay, "10.0.0.100");
    SimulatedNetwork network = new SimulatedNetwork(router, random);
    int count = random.nextInt(2, 6);
    for (int i = 0; i < count; i++) {
      network.add(random.nextInt(3) == 0 ? 100 : random.nextInt(1, 255));
    }
    return network;
  }

  private static void disturb(SimulatedNetwork network, Node node, Random random) {
    switch (random.nextInt(10)) {
      case 0 -> network.loss = random.nextDouble();
      case 1 ->
          network.longestDelay =
              Duration.ofMillis(
                  1 + random.nextLong(2 * network.router.advertInterval().toMillis()));
      case 2 -> network.nodes.forEach(each -> each.side = random.nextInt(2));
      case 3 -> network.nodes.forEach(each -> each.side = 0);
      case 4 -> {
        node.linkUp = false;
        network.tell(node, new VrrpEvent.LinkDown());
      }
      case 5 -> {
        node.linkUp = true;
        network.start(node);
      }
      case 6 -> network.tell(node, new VrrpEvent.PriorityChanged(random.nextInt(1, 255)));
      case 7 -> network.tell(node, new VrrpEvent.Release(VipReason.RELEASED));
      case 8 -> network.tell(node, new VrrpEvent.Fail(VipReason.HEARTBEAT_LOST));
      default -> network.tell(node, new VrrpEvent.AddressLost());
    }
  }

  /** Heals everything, and waits for the longest master-down interval and what is in flight. */
  private static void settle(SimulatedNetwork network) {
    Duration inFlight = network.longestDelay;
    network.loss = 0;
    network.longestDelay = Duration.ofMillis(1);
    network.nodes.forEach(node -> node.side = 0);
    network.nodes.forEach(node -> node.linkUp = true);
    // A release that was under way ends first.
    network.run(network.router.advertInterval().plus(Master.SESSIONS_END).plus(inFlight));
    network.nodes.forEach(network::start);
    Duration longest = network.router.version().masterDown(1, network.router.advertInterval());
    network.run(longest.plus(Master.SESSIONS_END_SOON).plus(Duration.ofMillis(5)));
  }

  /** Lets the best node take over, also one that leaves the addresses to another for a while. */
  private static void preempt(SimulatedNetwork network) {
    Instant until =
        network.nodes.stream()
            .map(node -> node.state.bid().backoff().until())
            .max(Comparator.naturalOrder())
            .orElseThrow();
    while (network.now().isBefore(until)) {
      network.run(Duration.ofSeconds(5));
    }
    network.run(preemption(network));
  }

  private static Duration preemption(SimulatedNetwork network) {
    return network
        .router
        .version()
        .masterDown(1, network.router.advertInterval())
        .plus(network.router.preemptDelay())
        .multipliedBy(2);
  }

  private static Node best(SimulatedNetwork network) {
    return network.nodes.stream()
        .max(Comparator.comparingInt(node -> node.state.bid().priority()))
        .orElseThrow();
  }
}
