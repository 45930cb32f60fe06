package io.trunkline.proxy.backend;

import io.trunkline.config.ClusterConfig;
import io.trunkline.proxy.stats.MoveLog;
import io.trunkline.routing.HoldTimeout;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * What the sessions of one cluster share.
 *
 * @param config its configuration
 * @param cell where its routing tables are published
 * @param reader takes them
 * @param hold the places for waiting clients
 * @param tls whether its members take TLS
 * @param poolerTls whether the poolers beside them do
 * @param logins at its members
 * @param moves tells of sessions that leave one of them
 */
public record ClusterContext(
    ClusterConfig config,
    RoutingCell cell,
    Consumer<RoutingTable> reader,
    Semaphore hold,
    BackendTlsSupport tls,
    BackendTlsSupport poolerTls,
    LoginQueues logins,
    MoveLog moves) {
  /** Of a cluster with that configuration; its logins go on if it had another one before. */
  static ClusterContext of(
      ClusterConfig config,
      RoutingCell cell,
      Consumer<RoutingTable> reader,
      LoginQueues logins,
      MoveLog moves) {
    return new ClusterContext(
        config,
        cell,
        reader,
        new Semaphore(config.holdLimit()),
        new BackendTlsSupport(),
        new BackendTlsSupport(),
        logins,
        moves);
  }

  /** The cluster's. */
  public String name() {
    return config.name();
  }

  /** How long a client may wait, by what is known now. */
  public Duration holdTimeout() {
    return HoldTimeout.of(config, cell.current().map(RoutingTable::view));
  }
}
