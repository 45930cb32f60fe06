package io.trunkline.vip.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever happens, nobody has the addresses but whom etcd has as the holder ({@link
 * SimulatedGroup} checks it at every event); and once all is well again, somebody has them soon.
 */
class LeasePropertyTest {
  private static final int ROUNDS = 600;

  @Test
  void neverTwoHoldersAndOneInTheEnd() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedGroup group = chaos(seed);
      settle(group);
      List<SimulatedNode> holders = holders(group);
      assertThat(holders).as("seed %d", seed).hasSize(1);
      boolean anyServes = group.nodes.stream().anyMatch(SimulatedNode::serving);
      assertThat(holders.getFirst().serving()).as("seed %d", seed).isEqualTo(anyServes);
    }
  }

  @Test
  void aHolderThatIsWellKeepsTheAddresses() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedGroup group = chaos(seed);
      settle(group);
      SimulatedNode holder = holders(group).getFirst();
      for (int i = 0; i < 20; i++) {
        // An answer that is lost now and then, and short pauses, move nothing.
        group.loss = i % 2 == 0 ? 0.1 : 0;
        group.freeze(holder, Duration.ofMillis(group.random.nextLong(300)));
        group.run(Duration.ofSeconds(1));
        assertThat(holder.hasAddresses(group.now)).as("seed %d", seed).isTrue();
      }
    }
  }

  @Test
  void whoeverReleasesIsFollowedAtOnce() {
    for (int seed = 0; seed < ROUNDS; seed++) {
      SimulatedGroup group = chaos(seed);
      group.nodes.forEach(node -> node.serve(true, group.now));
      settle(group);
      SimulatedNode before = holders(group).getFirst();
      before.leave(true, group.now);
      group.run(Duration.ofMillis(400));
      assertThat(holders(group)).as("seed %d", seed).hasSize(1).doesNotContain(before);
    }
  }

  private static List<SimulatedNode> holders(SimulatedGroup group) {
    return group.nodes.stream().filter(node -> node.hasAddresses(group.now)).toList();
  }

  private static SimulatedGroup chaos(int seed) {
    Random random = new Random(seed);
    Duration ttl = Duration.ofSeconds(random.nextInt(5, 15));
    SimulatedGroup group = new SimulatedGroup(random.nextInt(2, 5), ttl, random);
    group.nodes.forEach(node -> node.serve(random.nextInt(4) != 0, group.now));
    group.nodes.forEach(node -> node.join(group.now));
    for (int i = 0; i < 50; i++) {
      disturb(group, group.nodes.get(random.nextInt(group.nodes.size())));
      group.run(Duration.ofMillis(random.nextLong(3000)));
    }
    return group;
  }

  private static void disturb(SimulatedGroup group, SimulatedNode node) {
    Random random = group.random;
    switch (random.nextInt(10)) {
      case 0 -> group.loss = random.nextDouble();
      case 1 -> group.longestDelay = Duration.ofMillis(1 + random.nextLong(1500));
      case 2, 3 -> {
        group.loss = 0;
        group.longestDelay = Duration.ofMillis(2);
      }
      case 4 -> group.etcd.quorum(false, group.ttl, group.now);
      case 5 -> group.etcd.quorum(true, group.ttl, group.now);
      case 6 -> group.freeze(node, Duration.ofMillis(random.nextLong(20_000)));
      case 7 -> unlessFrozen(node, () -> node.serve(random.nextBoolean(), group.now));
      case 8 -> unlessFrozen(node, () -> node.leave(random.nextBoolean(), group.now));
      default -> unlessFrozen(node, () -> node.join(group.now));
    }
  }

  private static void unlessFrozen(SimulatedNode node, Runnable action) {
    if (!node.frozen) {
      action.run();
    }
  }

  /** Heals everything, and waits for whatever was under way, old leases and handing over. */
  private static void settle(SimulatedGroup group) {
    group.loss = 0;
    group.longestDelay = Duration.ofMillis(2);
    group.etcd.quorum(true, group.ttl, group.now);
    group.run(Duration.ofSeconds(20)); // the longest freeze
    group.nodes.forEach(node -> node.join(group.now));
    group.run(group.ttl.plus(LeaseTerms.IDLE_PATIENCE).plusSeconds(5));
  }
}
