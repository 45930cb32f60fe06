package io.trunkline.proxy.backend;

import io.trunkline.config.ClusterConfig;
import io.trunkline.routing.HoldTimeout;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.time.Duration;

/**
 * What the sessions of one cluster share.
 *
 * @param config its configuration
 * @param cell where its routing tables are published
 * @param hold the places for waiting clients
 * @param tls whether its members take TLS
 * @param poolerTls whether the poolers beside them do
 * @param logins at its members
 */
public record ClusterContext(
    ClusterConfig config,
    RoutingCell cell,
    HoldLimit hold,
    BackendTlsSupport tls,
    BackendTlsSupport poolerTls,
    LoginQueues logins) {
  static ClusterContext of(ClusterConfig cluster, RoutingCell cell) {
    return of(cluster, cell, new LoginQueues(cluster.maxLogins()));
  }

  private static ClusterContext of(ClusterConfig cluster, RoutingCell cell, LoginQueues logins) {
    return new ClusterContext(
        cluster,
        cell,
        new HoldLimit(cluster),
        new BackendTlsSupport(),
        new BackendTlsSupport(),
        logins);
  }

  /** The same cluster with another configuration. */
  ClusterContext after(ClusterConfig cluster) {
    return of(cluster, cell, logins);
  }

  public String name() {
    return config.name();
  }

  /** How long a client may wait, by what is known now. */
  public Duration holdTimeout() {
    return HoldTimeout.of(config, cell.current().map(RoutingTable::view));
  }
}
