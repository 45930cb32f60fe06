package io.trunkline.proxy.backend;

import io.trunkline.config.ClusterConfig;
import java.util.concurrent.atomic.AtomicInteger;

/** How many clients of one cluster may wait at once. */
public final class HoldLimit {
  private final int limit;
  private final AtomicInteger waiting = new AtomicInteger();

  HoldLimit(ClusterConfig cluster) {
    this.limit = cluster.holdLimit();
  }

  /** Takes a place; false when all are taken. */
  public boolean enter() {
    if (waiting.incrementAndGet() > limit) {
      waiting.decrementAndGet();
      return false;
    }
    return true;
  }

  public void leave() {
    waiting.decrementAndGet();
  }
}
