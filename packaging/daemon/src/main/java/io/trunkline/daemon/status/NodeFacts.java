package io.trunkline.daemon.status;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.Validity;
import io.trunkline.proxy.backend.LoginStats;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.VipStatus;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the status, the metrics and the probes read what they tell. All of it may be read from any
 * thread.
 *
 * @param configuration what holds now
 * @param version of the running daemon
 * @param clock the daemon's
 * @param startedAt when the daemon began
 * @param routing where the routing tables are, by cluster
 * @param bound the bound addresses by listener
 * @param stats by listener
 * @param logins at the members, by cluster and member
 * @param vips as this node sees them; none before they have been started
 * @param memory what is in use
 * @param validities until when the certificates are valid that are in use
 * @param readiness whether this node serves
 * @param drain what operators have drained
 * @param lastReload how the configuration was read last
 * @param predecessor the process before this one, while it has sessions
 */
public record NodeFacts(
    Supplier<TrunklineConfig> configuration,
    String version,
    InstantSource clock,
    Instant startedAt,
    Supplier<Map<String, RoutingCell>> routing,
    Supplier<Map<String, InetSocketAddress>> bound,
    Supplier<Map<String, ListenerStats>> stats,
    Supplier<Map<String, Map<String, LoginStats>>> logins,
    Supplier<List<VipStatus>> vips,
    Supplier<MemoryUse> memory,
    Supplier<List<Validity>> validities,
    Supplier<Readiness> readiness,
    Supplier<DrainReport> drain,
    Supplier<LastReload> lastReload,
    Supplier<Optional<PredecessorReport>> predecessor) {

  /** The configuration that holds now. */
  public TrunklineConfig config() {
    return configuration.get();
  }

  /** Where the routing tables are, by cluster. */
  public Map<String, RoutingCell> cells() {
    return routing.get();
  }

  /** The newest table of that cluster; empty until its first view is in. */
  public Optional<RoutingTable> table(String cluster) {
    return Optional.ofNullable(cells().get(cluster)).flatMap(RoutingCell::current);
  }

  /** The logins at that member; empty where there has been none. */
  public Optional<LoginStats> logins(String cluster, String member) {
    return Optional.ofNullable(logins.get().getOrDefault(cluster, Map.of()).get(member));
  }

  /** Sessions on that member now, over all listeners of that cluster. */
  public int sessions(String cluster, String member) {
    Map<String, ListenerStats> now = stats.get();
    return config().listeners().stream()
        .filter(listener -> listener.cluster().equals(cluster))
        .map(listener -> now.get(listener.name()))
        .filter(listener -> listener != null)
        .mapToInt(listener -> listener.sessions().getOrDefault(member, 0))
        .sum();
  }
}
