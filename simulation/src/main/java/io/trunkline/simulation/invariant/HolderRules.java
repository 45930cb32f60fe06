package io.trunkline.simulation.invariant;

import io.trunkline.simulation.time.Scheduler;
import java.util.Set;
import java.util.TreeSet;

/** Which nodes have a virtual address, as their kernels have it. */
public final class HolderRules {
  private final Scheduler scheduler;
  private final Violations violations;
  private final String vip;
  private final boolean exclusive;
  private final Set<String> holders = new TreeSet<>();

  /**
   * @param exclusive whether two nodes may never have it
   */
  public HolderRules(Scheduler scheduler, Violations violations, String vip, boolean exclusive) {
    this.scheduler = scheduler;
    this.violations = violations;
    this.vip = vip;
    this.exclusive = exclusive;
  }

  /** The kernel of that node has it now. */
  public void added(String node) {
    holders.add(node);
    if (exclusive && holders.size() > 1) {
      violations.broken(
          Promise.ONE_LEASE_HOLDER, "%s is on %s at %d".formatted(vip, holders, scheduler.now()));
    }
  }

  /** It does not have it any more. */
  public void removed(String node) {
    holders.remove(node);
  }

  /** All faults are over since long. */
  public void healed() {
    if (holders.size() != 1) {
      violations.broken(
          Promise.ONE_HOLDER_AFTER_HEALING, "%s is on %s after healing".formatted(vip, holders));
    }
  }
}
