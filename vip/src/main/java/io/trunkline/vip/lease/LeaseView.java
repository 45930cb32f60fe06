package io.trunkline.vip.lease;

import java.util.Map;
import java.util.Optional;

/**
 * The keys of one VIP, as a quorum of etcd has them.
 *
 * @param holder who has the addresses
 * @param candidates by node: whether it serves
 */
public record LeaseView(Optional<Holder> holder, Map<String, Boolean> candidates) {
  static final LeaseView NOTHING = new LeaseView(Optional.empty(), Map.of());

  public LeaseView {
    candidates = Map.copyOf(candidates);
  }

  /**
   * Who has the addresses.
   *
   * @param lease the lease that its key is bound to
   */
  public record Holder(String node, long lease) {}

  boolean heldBy(long lease) {
    return holder.filter(it -> it.lease() == lease).isPresent();
  }

  /** Whether a node other than that one serves. */
  boolean servedWithout(String node) {
    return candidates.entrySet().stream()
        .anyMatch(each -> each.getValue() && !each.getKey().equals(node));
  }
}
