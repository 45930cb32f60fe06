package io.trunkline.simulation.node;

import io.trunkline.simulation.invariant.HolderRules;
import io.trunkline.simulation.network.Network;
import io.trunkline.simulation.time.Randomness;
import io.trunkline.simulation.time.Scheduler;
import java.util.concurrent.TimeUnit;

/**
 * A virtual address as the kernel of one machine has it: for two seconds after it was put there or
 * renewed last, and up to half a second longer ({@code AddressGroup}).
 */
final class KernelAddress {
  private static final long LIFETIME = TimeUnit.SECONDS.toNanos(2);

  private final String node;
  private final String host;
  private final HolderRules rules;
  private final Network network;
  private final Scheduler scheduler;
  private final Randomness random;
  private boolean there;
  private long writes;

  KernelAddress(
      String node,
      String host,
      HolderRules rules,
      Network network,
      Scheduler scheduler,
      Randomness random) {
    this.node = node;
    this.host = host;
    this.rules = rules;
    this.network = network;
    this.scheduler = scheduler;
    this.random = random;
  }

  /** Puts it there, or renews it. */
  void put() {
    if (!network.powered(host)) {
      return;
    }
    there = true;
    rules.added(node);
    long mine = ++writes;
    scheduler.after(
        LIFETIME + random.millis(0, 500),
        () -> {
          if (mine == writes) {
            remove();
          }
        });
  }

  /** Takes it away. */
  void remove() {
    writes++;
    if (there) {
      there = false;
      rules.removed(node);
    }
  }
}
