package io.trunkline.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The whole configuration file.
 *
 * @param memoryLimit bytes; empty: by what the Java virtual machine may use
 * @param threads empty: one for each processor
 * @param vrrpRtPriority 0: none
 * @param warmUp how long it may take; 0: none
 */
public record TrunklineConfig(
    String node,
    Optional<String> zone,
    List<ClusterConfig> clusters,
    List<ListenerConfig> listeners,
    List<VipConfig> vips,
    AdminConfig admin,
    LogConfig log,
    Path stateDir,
    Duration drainTimeout,
    Duration upgradeTimeout,
    OptionalLong memoryLimit,
    OptionalInt threads,
    int vrrpRtPriority,
    Duration warmUp) {
  public TrunklineConfig {
    clusters = List.copyOf(clusters);
    listeners = List.copyOf(listeners);
    vips = List.copyOf(vips);
  }

  /** The cluster of that name. */
  public ClusterConfig cluster(String name) {
    return clusters.stream()
        .filter(cluster -> cluster.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no cluster named " + name));
  }

  /**
   * The listeners of that cluster that may pass a member by which is up: those that do not only go
   * to the primary, and those that go to poolers.
   */
  public List<ListenerConfig> readListeners(String cluster) {
    return listeners.stream()
        .filter(listener -> listener.cluster().equals(cluster))
        .filter(listener -> !listener.route().writes() || listener.target() == DialTarget.PROXY_URL)
        .toList();
  }
}
