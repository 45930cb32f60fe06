package io.trunkline.packaging.daemon;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.ClusterObserver;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.EventSink;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;

/** Clusters as they really are: watched in etcd and through Patroni. */
record ObservedClusters(Path stateDir, InstantSource clock) implements ClusterSources {

  @Override
  public ClusterSource open(ClusterConfig cluster, EventSink events, Consumer<ClusterView> views) {
    return new Observed(new ClusterObserver(cluster, stateDir, clock, events, views));
  }

  private record Observed(ClusterObserver observer) implements ClusterSource {
    @Override
    public void start() {
      observer.start();
    }

    @Override
    public void acceptTimeline() {
      observer.acceptTimeline();
    }

    @Override
    public List<Validity> validities() {
      return observer.validities();
    }

    @Override
    public void connected(String cluster, String member) {
      observer.connected(cluster, member);
    }

    @Override
    public void failed(String cluster, String member, String failure) {
      observer.failed(cluster, member, failure);
    }

    @Override
    public void standbySeen(String cluster, String member) {
      observer.standbySeen(cluster, member);
    }

    @Override
    public void close() {
      observer.close();
    }
  }
}
