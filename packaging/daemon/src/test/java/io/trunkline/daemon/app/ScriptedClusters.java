package io.trunkline.daemon.app;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Validity;
import io.trunkline.healthcheck.ClusterSource;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.EventSink;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One cluster whose views a test makes up. */
final class ScriptedClusters implements ClusterSource.Factory {
  final AtomicInteger accepted = new AtomicInteger();
  final AtomicInteger opened = new AtomicInteger();
  volatile boolean started;
  volatile boolean closed;
  private @Nullable Consumer<ClusterView> views;

  @Override
  public ClusterSource open(ClusterConfig cluster, EventSink events, Consumer<ClusterView> taker) {
    views = taker;
    opened.incrementAndGet();
    return new ClusterSource() {
      @Override
      public void start() {
        started = true;
      }

      @Override
      public void acceptTimeline() {
        accepted.incrementAndGet();
      }

      @Override
      public List<Validity> validities() {
        return List.of();
      }

      @Override
      public void connected(String member) {}

      @Override
      public void failed(String member, String failure) {}

      @Override
      public void standbySeen(String member) {}

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  void see(ClusterView view) {
    if (views != null) {
      views.accept(view);
    }
  }
}
