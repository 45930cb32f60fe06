package io.trunkline.daemon.app;

import io.trunkline.config.ClusterConfig;
import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.routing.Member;
import io.trunkline.routing.RestAnswer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the daemon works: each observer brings a view every moment, changed or not. That the
 * admin event loop turns, whoever asks on it knows.
 */
final class Health {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /**
   * Beside the interval and the timeout of a question; whoever lost one has asked again by then.
   */
  private static final Duration MEMBER_PATIENCE = Duration.ofSeconds(20);

  private final NodeFacts node;

  Health(NodeFacts node) {
    this.node = node;
  }

  /** What is wrong; empty while nothing is. */
  Optional<String> ailment() {
    Instant now = node.clock().instant();
    return node.config().clusters().stream()
        .flatMap(cluster -> stale(cluster, now).or(() -> unasked(cluster, now)).stream())
        .findFirst();
  }

  private Optional<String> stale(ClusterConfig cluster, Instant now) {
    return node.table(cluster.name())
        .map(table -> Duration.between(table.view().at(), now))
        .filter(age -> age.compareTo(PATIENCE) > 0)
        .map(
            age -> "the view of cluster %s is %d s old".formatted(cluster.name(), age.toSeconds()));
  }

  /** A member whose last answer is old although none has failed since. */
  private Optional<String> unasked(ClusterConfig cluster, Instant now) {
    Duration patience =
        MEMBER_PATIENCE.plus(cluster.patroni().interval()).plus(cluster.patroni().timeout());
    return node.table(cluster.name()).stream()
        .flatMap(table -> table.view().members().values().stream())
        .filter(member -> member.rest().failure().isEmpty())
        .flatMap(member -> member.rest().last().stream().map(last -> age(member, last, now)))
        .filter(age -> age.time().compareTo(patience) > 0)
        .map(
            age ->
                "member %s of cluster %s was last queried %d s ago"
                    .formatted(age.member(), cluster.name(), age.time().toSeconds()))
        .findFirst();
  }

  private record Age(String member, Duration time) {}

  private static Age age(Member member, RestAnswer last, Instant now) {
    return new Age(member.name(), Duration.between(last.askedAt(), now));
  }
}
