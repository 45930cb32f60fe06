package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds out which listeners are about which cluster: those that share servers are about one, and a
 * file of Patroni or vip-manager that names one of these servers is about it as well.
 */
final class ClusterMatch {
  private final List<Group> groups = new ArrayList<>();

  /** Listeners that share servers. */
  private record Group(Set<String> hosts, List<ListenerPlan> listeners) {
    boolean isOf(ClusterPlan cluster) {
      return hosts.stream().anyMatch(cluster::hasHost);
    }
  }

  private ClusterMatch(List<ListenerPlan> listeners) {
    Map<String, Group> byHost = new HashMap<>();
    for (ListenerPlan listener : listeners) {
      List<String> hosts = listener.servers().stream().map(HaproxyServer::host).toList();
      var joined = new Group(new HashSet<>(hosts), new ArrayList<>());
      for (Group found : new HashSet<>(hosts.stream().map(byHost::get).toList())) {
        if (found != null) {
          joined.hosts.addAll(found.hosts);
          joined.listeners.addAll(found.listeners);
          groups.remove(found);
        }
      }
      joined.listeners.add(listener);
      groups.add(joined);
      joined.hosts.forEach(host -> byHost.put(host, joined));
    }
  }

  /** A cluster for each listener; new ones are added to those that are known. */
  static Map<ListenerPlan, ClusterPlan> of(
      List<ListenerPlan> listeners, List<ClusterPlan> clusters) {
    var match = new ClusterMatch(listeners);
    Map<ListenerPlan, ClusterPlan> result = new HashMap<>();
    List<ClusterPlan> free = new ArrayList<>(clusters);
    List<Group> open = new ArrayList<>();
    for (Group group : match.groups) {
      Optional<ClusterPlan> cluster = free.stream().filter(group::isOf).findFirst();
      cluster.ifPresentOrElse(
          found -> {
            free.remove(found);
            assign(group, found, result);
          },
          () -> open.add(group));
    }
    for (Group group : open) {
      boolean obvious = open.size() == 1 && free.size() == 1;
      ClusterPlan cluster = obvious ? free.getFirst() : ofServers(group);
      if (!obvious) {
        clusters.add(cluster);
      }
      assign(group, cluster, result);
    }
    Map<ListenerPlan, ClusterPlan> inOrder = new LinkedHashMap<>();
    listeners.forEach(
        listener -> inOrder.put(listener, Objects.requireNonNull(result.get(listener))));
    return inOrder;
  }

  private static ClusterPlan ofServers(Group group) {
    ListenerPlan first = group.listeners.getFirst();
    return new ClusterPlan(
        first.servers().getFirst().place(), "the servers of " + first.title(), Optional.empty());
  }

  private static void assign(
      Group group, ClusterPlan cluster, Map<ListenerPlan, ClusterPlan> result) {
    List<String> asked = new ArrayList<>();
    for (ListenerPlan listener : group.listeners) {
      result.put(listener, cluster);
      listener.servers().stream()
          .filter(HaproxyServer::isChecked)
          .map(HaproxyServer::patroni)
          .forEach(asked::add);
    }
    if (asked.isEmpty()) {
      group.listeners.getFirst().servers().forEach(server -> asked.add(server.patroni()));
    }
    cluster.restHosts(asked.stream().distinct().toList());
    group.listeners.stream()
        .map(ListenerPlan::rest)
        .filter(RestTls::known)
        .findFirst()
        .ifPresent(cluster::rest);
  }
}
