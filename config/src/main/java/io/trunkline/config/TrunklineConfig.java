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
 * @param node this proxy node's name; default: the host name
 * @param zone where the node is: replicas whose Patroni tag {@code zone} is the same come first
 * @param clusters at least one; names are unique
 * @param listeners at least one; names are unique, binds do not overlap
 * @param vips none by default
 * @param admin the read-only HTTP endpoint and the control socket
 * @param log level and format of the log
 * @param stateDir where what must outlive a restart is kept (timeline high-water marks); default
 *     {@code /var/lib/trunkline}
 * @param drainTimeout how long sessions may go on after SIGTERM; default 30 s
 * @param upgradeTimeout how long sessions may go on in a process that another one has succeeded;
 *     default 12 h
 * @param memoryLimit bytes in use from which on new connections are refused; empty: by what the
 *     Java virtual machine may use
 * @param threads event loops that relay sessions, 1 to 256; empty: one for each processor
 * @param vrrpRtPriority SCHED_RR priority of the VRRP thread, 1 to 99; 0, the default: none
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
    int vrrpRtPriority) {
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
}
