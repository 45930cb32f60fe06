package io.trunkline.routing;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ClusterConfig.OnIsolation;
import java.time.Duration;

/**
 * The settings a write decision depends on.
 *
 * @param holdTimeout how long a due switchover may keep new sessions waiting
 * @param isolationGrace how old the last sight of etcd and of most members may be
 * @param onIsolation what happens then
 */
public record WritePolicy(Duration holdTimeout, Duration isolationGrace, OnIsolation onIsolation) {

  /** The policy of a configured cluster. */
  public static WritePolicy of(ClusterConfig cluster) {
    return new WritePolicy(cluster.holdTimeout(), cluster.isolationGrace(), cluster.onIsolation());
  }
}
