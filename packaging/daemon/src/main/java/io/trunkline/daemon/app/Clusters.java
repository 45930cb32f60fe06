package io.trunkline.daemon.app;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.ClusterSource;
import io.trunkline.routing.ConnectObserver;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.Member;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.WritePolicy;
import io.trunkline.routing.WriteRouting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** The clusters that this node looks at. Read from any thread, changed by one at a time. */
final class Clusters implements ConnectObserver, AutoCloseable {
  private final ClusterSource.Factory sources;
  private final EventSink events;
  private volatile Map<String, Watched> all = Map.of();
  private boolean started;

  private record Watched(
      ClusterConfig config, RoutingPublisher publisher, ClusterSource source, PrimaryProbe probe) {}

  Clusters(ClusterSource.Factory sources, EventSink events) {
    this.sources = sources;
    this.events = events;
  }

  /**
   * Takes the clusters of that configuration in. One whose own settings have changed is looked at
   * afresh; what is known of it holds until then, unless it has another scope or namespace now.
   * Blocks while its former observer is given up.
   */
  synchronized void apply(TrunklineConfig config) {
    for (ClusterConfig cluster : config.clusters()) {
      Map<String, Watched> next = new LinkedHashMap<>(all);
      DecisionEventLog eventLog =
          new DecisionEventLog(config.readListeners(cluster.name()), events);
      Watched before = all.get(cluster.name());
      if (before == null) {
        next.put(cluster.name(), open(cluster, publisher(cluster, eventLog)));
      } else {
        before.publisher().tellBy(eventLog);
        next.put(cluster.name(), before.config().equals(cluster) ? before : again(cluster, before));
      }
      all = Collections.unmodifiableMap(next);
    }
  }

  /** Gives up the clusters that are not in that configuration. Blocks. */
  synchronized void keepOnly(TrunklineConfig config) {
    Map<String, Watched> next = new LinkedHashMap<>(all);
    List<String> names = config.clusters().stream().map(ClusterConfig::name).toList();
    next.keySet().retainAll(names);
    List<Watched> gone =
        all.values().stream().filter(it -> !names.contains(it.config().name())).toList();
    all = Collections.unmodifiableMap(next);
    for (Watched watched : gone) {
      watched.source().close();
    }
  }

  private Watched again(ClusterConfig cluster, Watched before) {
    before.source().close();
    if (!before.config().prefix().equals(cluster.prefix())) {
      before.publisher().cell().forget();
    }
    before.publisher().decideBy(new WriteRouting(WritePolicy.of(cluster)));
    return open(cluster, before.publisher());
  }

  private static RoutingPublisher publisher(ClusterConfig cluster, DecisionEventLog eventLog) {
    return new RoutingPublisher(new WriteRouting(WritePolicy.of(cluster)), eventLog);
  }

  private Watched open(ClusterConfig cluster, RoutingPublisher publisher) {
    ClusterSource source = sources.open(cluster, events, publisher);
    if (started) {
      source.start();
    }
    return new Watched(cluster, publisher, source, new PrimaryProbe(this));
  }

  synchronized void start() {
    if (started) {
      return;
    }
    started = true;
    all.values().forEach(watched -> watched.source().start());
  }

  @Override
  public void connected(String cluster, String member) {
    source(cluster).ifPresent(it -> it.connected(member));
  }

  @Override
  public void failed(String cluster, String member, String failure) {
    source(cluster).ifPresent(it -> it.failed(member, failure));
  }

  @Override
  public void standbySeen(String cluster, String member) {
    source(cluster).ifPresent(it -> it.standbySeen(member));
  }

  private Optional<ClusterSource> source(String cluster) {
    return Optional.ofNullable(all.get(cluster)).map(Watched::source);
  }

  /** Where each cluster's routing tables are published. */
  Map<String, RoutingCell> cells() {
    return all.values().stream()
        .collect(
            Collectors.toMap(
                watched -> watched.config().name(),
                watched -> watched.publisher().cell(),
                (one, _) -> one,
                LinkedHashMap::new));
  }

  /** Completes when every cluster has been seen. */
  CompletableFuture<Void> seen() {
    return CompletableFuture.allOf(
        all.values().stream()
            .map(watched -> watched.publisher().seen())
            .toArray(CompletableFuture<?>[]::new));
  }

  /** The names of those that have not been seen yet. */
  List<String> unseen() {
    return all.values().stream()
        .filter(watched -> !watched.publisher().seen().isDone())
        .map(watched -> watched.config().name())
        .toList();
  }

  /** Until when the certificates are valid that are in use. */
  List<Validity> validities() {
    return all.values().stream().flatMap(it -> it.source().validities().stream()).toList();
  }

  boolean has(String cluster) {
    return all.containsKey(cluster);
  }

  /** Takes that cluster's lower timeline for right. */
  void acceptTimeline(String cluster) {
    source(cluster).ifPresent(ClusterSource::acceptTimeline);
  }

  /** Finds out whether that member of that cluster, its primary, can be reached. */
  void probePrimary(String cluster, Member primary) {
    Watched watched = all.get(cluster);
    if (watched != null) {
      watched.probe().look(cluster, primary);
    }
  }

  @Override
  public synchronized void close() {
    all.values().forEach(watched -> watched.source().close());
  }
}
