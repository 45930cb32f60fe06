package io.trunkline.vip.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * What etcd promises of leases, compare-and-put and reads; it may expire leases late, never early.
 */
final class SimulatedEtcd {
  private final Random random;
  private final Map<Long, Instant> leases = new HashMap<>();
  private final Map<Long, Duration> slack = new HashMap<>();
  private final Map<String, Written> candidates = new HashMap<>();
  private Optional<LeaseView.Holder> holder = Optional.empty();
  private long next = 1;
  private boolean quorum = true;

  private record Written(boolean serving, long lease) {}

  SimulatedEtcd(Random random) {
    this.random = random;
  }

  boolean quorum() {
    return quorum;
  }

  /** A new leader gives every lease its whole time again. */
  void quorum(boolean there, Duration ttl, Instant now) {
    if (there && !quorum) {
      leases.replaceAll((_, _) -> now.plus(ttl));
    }
    quorum = there;
  }

  Optional<LeaseView.Holder> holder() {
    return holder;
  }

  /** When the next lease ends. */
  Instant nextExpiry() {
    return quorum
        ? leases.entrySet().stream()
            .map(each -> expiry(each.getKey(), each.getValue()))
            .min(Instant::compareTo)
            .orElse(Instant.MAX)
        : Instant.MAX;
  }

  private Instant expiry(long lease, Instant until) {
    return until.plus(slack.getOrDefault(lease, Duration.ZERO));
  }

  /** Ends what has run out; true if any key is gone. */
  boolean expire(Instant now) {
    List<Long> over = new ArrayList<>();
    leases.forEach(
        (lease, until) -> {
          if (!now.isBefore(expiry(lease, until))) {
            over.add(lease);
          }
        });
    return over.stream().map(this::revoke).reduce(false, Boolean::logicalOr);
  }

  long grant(Duration ttl, Instant now) {
    long lease = next++;
    leases.put(lease, now.plus(ttl));
    slack.put(lease, Duration.ofMillis(random.nextLong(1000)));
    return lease;
  }

  boolean revoke(long lease) {
    leases.remove(lease);
    boolean removed = candidates.values().removeIf(each -> each.lease() == lease);
    if (holder.filter(it -> it.lease() == lease).isPresent()) {
      holder = Optional.empty();
      removed = true;
    }
    return removed;
  }

  boolean knows(long lease) {
    return leases.containsKey(lease);
  }

  void renew(long lease, Duration ttl, Instant now) {
    leases.put(lease, now.plus(ttl));
  }

  /** True if a key changed. */
  boolean write(String node, LeaseStore.Question question) {
    boolean changed = question.publish().isPresent();
    question
        .publish()
        .ifPresent(serving -> candidates.put(node, new Written(serving, question.lease())));
    if (question.campaign() && holder.isEmpty()) {
      holder = Optional.of(new LeaseView.Holder(node, question.lease()));
      changed = true;
    }
    return changed;
  }

  LeaseView view() {
    Map<String, Boolean> all = new HashMap<>();
    candidates.forEach((node, written) -> all.put(node, written.serving()));
    return new LeaseView(holder, all);
  }
}
