package io.trunkline.proxy;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingCell;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** All listeners of this node and the sessions that came in through them. */
public final class Proxy implements AutoCloseable {

  /**
   * @param config which listeners there are
   * @param cells where each cluster's routing tables are published, by cluster name
   * @param connects is told what dialling members comes to
   * @param events is told what happens to sessions
   */
  public Proxy(
      TrunklineConfig config,
      Map<String, RoutingCell> cells,
      ConnectObserver connects,
      EventSink events,
      InstantSource clock) {
    assert config != null;
  }

  /**
   * Binds every listener, or none.
   *
   * @throws IOException naming the listener and address that could not be bound, and why
   */
  public void start() throws IOException {}

  /** Whether every listener is bound and accepts. */
  public boolean serving() {
    return false;
  }

  /** The addresses that are bound, by listener name. */
  public Map<String, InetSocketAddress> bound() {
    return Map.of();
  }

  /** What each listener has done, by listener name. */
  public Map<String, ListenerStats> stats() {
    return Map.of();
  }

  /**
   * Accepts nobody any more and lets sessions go on until they end or the deadline passes; then the
   * rest ends. The future completes when all have ended.
   */
  public CompletableFuture<Void> drain(Duration deadline) {
    return CompletableFuture.completedFuture(null);
  }

  /** Ends everything at once. */
  @Override
  public void close() {}
}
