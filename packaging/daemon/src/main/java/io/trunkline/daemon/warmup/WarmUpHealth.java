package io.trunkline.daemon.warmup;

import io.trunkline.config.ClusterConfig;
import io.trunkline.healthcheck.ClusterObserver;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.LongAdder;

/**
 * Watches a scripted cluster, and has it looked at far more often than any: so little processor
 * time is needed for the real ones.
 */
final class WarmUpHealth implements AutoCloseable {
  /** Cannot be a directory: nothing is kept. */
  private static final Path NOWHERE = Path.of("/dev/null/state");

  private final ScriptedPatroni patroni = new ScriptedPatroni();
  private final LongAdder views = new LongAdder();
  private final RoutingCell cell = new RoutingCell();
  private final WriteRouting routing;
  private final ClusterObserver observer;

  WarmUpHealth(InstantSource clock) throws IOException {
    ClusterConfig config = WarmUpListeners.health(patroni.hosts());
    this.routing = new WriteRouting(WritePolicy.of(config));
    this.observer = new ClusterObserver(config, NOWHERE, clock, _ -> {}, this::onView);
    observer.start();
  }

  private void onView(ClusterView view) {
    cell.publish(RoutingTable.next(view, cell.current(), routing));
    views.increment();
  }

  /** A session finds that the primary is out of reach, the next one that it is not. */
  void disturb() {
    observer.failed(ScriptedPatroni.name(0), "connection refused");
    observer.connected(ScriptedPatroni.name(0));
  }

  /** How many views there have been. */
  long views() {
    return views.sum();
  }

  @Override
  public void close() throws IOException {
    observer.close();
    patroni.close();
  }
}
