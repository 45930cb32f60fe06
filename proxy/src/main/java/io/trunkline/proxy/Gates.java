package io.trunkline.proxy;

import io.trunkline.config.ClusterConfig;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The clusters of this node: what their sessions share, and the tables that reach them. */
final class Gates implements AutoCloseable {
  /**
   * A cluster.
   *
   * @param reader takes its tables
   */
  record Entry(ClusterConfig config, ClusterGate gate, Consumer<RoutingTable> reader) {}

  private final BiConsumer<String, RoutingTable> publish;
  private Map<String, Entry> entries = Map.of();

  /**
   * @param publish takes a cluster's name and its new table
   */
  Gates(BiConsumer<String, RoutingTable> publish) {
    this.publish = publish;
  }

  /**
   * What would be there with those clusters; a cluster keeps the cell that it was first seen with.
   */
  Map<String, Entry> plan(Collection<ClusterConfig> clusters, Map<String, RoutingCell> cells) {
    Map<String, Entry> planned = new LinkedHashMap<>();
    for (ClusterConfig cluster : clusters) {
      Entry before = entries.get(cluster.name());
      if (before == null) {
        RoutingCell cell = Objects.requireNonNull(cells.get(cluster.name()), cluster.name());
        planned.put(cluster.name(), entry(cluster, cell));
      } else if (before.config().equals(cluster)) {
        planned.put(cluster.name(), before);
      } else {
        ClusterGate gate = ClusterGate.of(cluster, before.gate().cell());
        planned.put(cluster.name(), new Entry(cluster, gate, before.reader()));
      }
    }
    return planned;
  }

  /**
   * Goes over to that.
   *
   * @return the names of the clusters that are gone
   */
  Set<String> commit(Map<String, Entry> planned) {
    Set<String> gone = new HashSet<>(entries.keySet());
    gone.removeAll(planned.keySet());
    planned.forEach(
        (name, entry) -> {
          if (!entries.containsKey(name)) {
            entry.gate().cell().subscribe(entry.reader());
          }
        });
    gone.forEach(name -> close(Objects.requireNonNull(entries.get(name))));
    entries = Map.copyOf(planned);
    return gone;
  }

  private Entry entry(ClusterConfig cluster, RoutingCell cell) {
    return new Entry(
        cluster, ClusterGate.of(cluster, cell), table -> publish.accept(cluster.name(), table));
  }

  private static void close(Entry entry) {
    entry.gate().cell().unsubscribe(entry.reader());
  }

  @Override
  public void close() {
    entries.values().forEach(Gates::close);
    entries = Map.of();
  }
}
