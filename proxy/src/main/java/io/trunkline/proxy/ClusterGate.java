package io.trunkline.proxy;

import io.netty.channel.EventLoop;
import io.trunkline.config.ClusterConfig;
import io.trunkline.routing.RoutingCell;

/**
 * What the sessions of one cluster share.
 *
 * @param name the cluster's name
 * @param cell where its routing tables are published
 * @param hold the places for waiting clients
 * @param tls whether its members take TLS
 */
record ClusterGate(String name, RoutingCell cell, HoldGate hold, TlsKnowledge tls) {
  static ClusterGate of(ClusterConfig cluster, RoutingCell cell) {
    return new ClusterGate(cluster.name(), cell, new HoldGate(cluster), new TlsKnowledge());
  }

  /** Finds out whether the members take TLS, where that is not known. */
  void askForTls(Dialer dialer, EventLoop loop) {
    cell.current().ifPresent(table -> tls.ask(table.view().postgresAddresses(), dialer, loop));
  }
}
