package io.trunkline.proxy.backend;

import io.trunkline.config.ClusterConfig;
import io.trunkline.proxy.stats.MoveLog;
import io.trunkline.routing.EventSink;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The clusters of this node: what their sessions share, and the tables that reach them. */
public final class ClusterContexts implements AutoCloseable {
  /** Has sessions see a table. */
  public interface Publisher {
    /**
     * @param cluster its name
     * @param cell where the table is the newest
     */
    void publish(String cluster, RoutingCell cell, RoutingTable table);
  }

  private final Publisher publisher;
  private final EventSink events;
  private final InstantSource clock;
  private volatile Map<String, ClusterContext> entries = Map.of();

  /**
   * @param publisher has sessions see every table
   * @param events is told of sessions that leave their members
   */
  public ClusterContexts(Publisher publisher, EventSink events, InstantSource clock) {
    this.publisher = publisher;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What would be there with those clusters; a cluster keeps the cell that it was first seen with.
   */
  public Map<String, ClusterContext> plan(
      Collection<ClusterConfig> clusters, Map<String, RoutingCell> cells) {
    Map<String, ClusterContext> planned = new LinkedHashMap<>();
    for (ClusterConfig cluster : clusters) {
      ClusterContext before = entries.get(cluster.name());
      if (before == null) {
        RoutingCell cell = Objects.requireNonNull(cells.get(cluster.name()), cluster.name());
        LoginQueues logins = new LoginQueues(cluster.maxLogins(), new SteadyTime(clock));
        Consumer<RoutingTable> reader =
            table -> {
              logins.keep(table.view());
              publisher.publish(cluster.name(), cell, table);
            };
        planned.put(
            cluster.name(),
            ClusterContext.of(
                cluster, cell, reader, logins, new MoveLog(cluster.name(), events, clock)));
      } else if (before.config().equals(cluster)) {
        planned.put(cluster.name(), before);
      } else {
        planned.put(
            cluster.name(),
            ClusterContext.of(
                cluster, before.cell(), before.reader(), before.logins(), before.moves()));
      }
    }
    return planned;
  }

  /**
   * Goes over to that.
   *
   * @return the names of the clusters that are gone, and of those that stand for another one now
   */
  public Set<String> commit(Map<String, ClusterContext> planned) {
    Set<String> gone = new HashSet<>();
    entries.forEach(
        (name, entry) -> {
          ClusterContext next = planned.get(name);
          if (next == null) {
            close(entry);
          }
          if (next == null || !next.config().prefix().equals(entry.config().prefix())) {
            gone.add(name);
          }
        });
    planned.forEach(
        (name, entry) -> {
          entry.logins().constant(entry.config().maxLogins());
          if (!entries.containsKey(name)) {
            entry.cell().subscribe(entry.reader());
          }
        });
    entries = Map.copyOf(planned);
    return gone;
  }

  private static void close(ClusterContext entry) {
    entry.cell().unsubscribe(entry.reader());
  }

  /** The logins at the members of each cluster, by its name. */
  public Map<String, Map<String, LoginStats>> logins() {
    Map<String, Map<String, LoginStats>> logins = new TreeMap<>();
    entries.forEach((name, entry) -> logins.put(name, entry.logins().stats()));
    return logins;
  }

  @Override
  public void close() {
    entries.values().forEach(ClusterContexts::close);
    entries = Map.of();
  }
}
