package io.trunkline.routing;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ClusterConfig.OnIsolation;
import java.time.Duration;

/**
 * The settings a write decision depends on.
 *
 * @param switchoverLimit how long a due switchover may keep new sessions waiting
 * @param isolationGrace how old the last sight of etcd and of most members may be
 * @param onIsolation what happens then
 */
public record WritePolicy(
    Duration switchoverLimit, Duration isolationGrace, OnIsolation onIsolation) {
  /** Where {@code hold_timeout} is not given as a number. */
  private static final Duration SWITCHOVER_LIMIT = Duration.ofSeconds(15);

  /** The policy of a configured cluster. */
  public static WritePolicy of(ClusterConfig cluster) {
    return new WritePolicy(
        cluster.holdTimeout().orElse(SWITCHOVER_LIMIT),
        cluster.isolationGrace(),
        cluster.onIsolation());
  }
}
