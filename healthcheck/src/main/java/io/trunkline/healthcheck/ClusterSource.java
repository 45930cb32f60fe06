package io.trunkline.healthcheck;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.Validity;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.EventSink;
import java.util.List;
import java.util.function.Consumer;

/** What watches one cluster. Any thread may use it. */
public interface ClusterSource extends AutoCloseable {

  /** Makes what watches a cluster. */
  @FunctionalInterface
  interface Factory {

    /**
     * For one cluster; not started yet.
     *
     * @param events takes what is worth telling
     * @param views takes each view, on the source's thread
     */
    ClusterSource open(ClusterConfig cluster, EventSink events, Consumer<ClusterView> views);
  }

  /** Begins to observe; returns at once. */
  void start();

  /** The operator takes a timeline regression for the truth ({@code trunkline cluster accept}). */
  void acceptTimeline();

  /** Until when the certificates are valid that are in use. */
  List<Validity> validities();

  /** What {@link io.trunkline.routing.ConnectObserver#connected} says of this cluster. */
  void connected(String member);

  /** What {@link io.trunkline.routing.ConnectObserver#failed} says of this cluster. */
  void failed(String member, String failure);

  /** What {@link io.trunkline.routing.ConnectObserver#standbySeen} says of this cluster. */
  void standbySeen(String member);

  @Override
  void close();
}
