package io.trunkline.packaging.daemon;

import io.trunkline.config.ClusterConfig;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.EventSink;
import java.util.function.Consumer;

/** Makes what watches the clusters. */
@FunctionalInterface
interface ClusterSources {

  /**
   * For one cluster; not started yet.
   *
   * @param events takes what is worth telling
   * @param views takes each view, on the source's thread
   */
  ClusterSource open(ClusterConfig cluster, EventSink events, Consumer<ClusterView> views);
}
