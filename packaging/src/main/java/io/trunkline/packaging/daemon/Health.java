package io.trunkline.packaging.daemon;

import io.trunkline.config.ClusterConfig;
import io.trunkline.packaging.status.NodeFacts;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether the daemon works: each observer brings a view every moment, changed or not. That the
 * admin event loop turns, whoever asks on it knows.
 */
final class Health {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final NodeFacts node;

  Health(NodeFacts node) {
    this.node = node;
  }

  /** What is wrong; empty while nothing is. */
  Optional<String> ailment() {
    Instant now = node.clock().instant();
    return node.config().clusters().stream()
        .flatMap(cluster -> stale(cluster, now).stream())
        .findFirst();
  }

  private Optional<String> stale(ClusterConfig cluster, Instant now) {
    return node.table(cluster.name())
        .map(table -> Duration.between(table.view().at(), now))
        .filter(age -> age.compareTo(PATIENCE) > 0)
        .map(
            age ->
                "cluster %s was last looked at %d s ago"
                    .formatted(cluster.name(), age.toSeconds()));
  }
}
