package io.trunkline.importer;

import io.trunkline.importer.common.Addresses;
import io.trunkline.importer.common.ClusterPlan;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.haproxy.HaproxyServer;
import io.trunkline.importer.haproxy.ListenerPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds out which listeners are about which cluster. A member is known by the host and port of its
 * REST API; where a listener does not ask that, by the host and port of PostgreSQL.
 */
final class ClusterMatch {
  private final Remarks remarks;
  private final List<Group> groups = new ArrayList<>();

  /** Listeners that share members. */
  private static final class Group {
    private final Set<String> rest = new LinkedHashSet<>();
    private final Set<String> services = new LinkedHashSet<>();
    private final List<ListenerPlan> listeners = new ArrayList<>();

    Group(ListenerPlan listener) {
      add(listener);
    }

    void add(ListenerPlan listener) {
      listeners.add(listener);
      for (HaproxyServer server : listener.servers()) {
        server.rest().ifPresent(rest::add);
        services.add(server.service());
      }
    }

    boolean isOf(ClusterPlan cluster) {
      boolean comparable =
          !rest.isEmpty() && !cluster.restHosts().stream().allMatch(Addresses::isLocal);
      return comparable
          ? rest.stream().anyMatch(cluster::hasRest)
          : services.stream().anyMatch(cluster::hasPostgres);
    }

    boolean sharesHost(Predicate<String> hosts) {
      return services.stream().map(ClusterPlan::host).anyMatch(hosts);
    }
  }

  private ClusterMatch(List<ListenerPlan> listeners, Remarks remarks) {
    this.remarks = remarks;
    Map<String, Group> byKey = new HashMap<>();
    List<Group> unasked = new ArrayList<>();
    for (ListenerPlan listener : listeners) {
      var group = new Group(listener);
      if (group.rest.isEmpty()) {
        unasked.add(group);
      } else {
        unite(group, List.copyOf(group.rest), byKey);
      }
    }
    List<Group> asked = List.copyOf(groups);
    byKey.clear();
    for (Group group : unasked) {
      Optional<Group> same = same(group, asked);
      if (same.isPresent()) {
        group.listeners.forEach(same.get()::add);
      } else {
        unite(group, List.copyOf(group.services), byKey);
      }
    }
  }

  /** Makes one group of those that have a key in common. */
  private void unite(Group group, Collection<String> keys, Map<String, Group> byKey) {
    for (Group found : new LinkedHashSet<>(keys.stream().map(byKey::get).toList())) {
      if (found != null) {
        group.listeners.addAll(0, found.listeners);
        group.rest.addAll(found.rest);
        group.services.addAll(found.services);
        groups.remove(found);
        byKey.replaceAll((key, owner) -> owner == found ? group : owner);
      }
    }
    groups.add(group);
    keys.forEach(key -> byKey.put(key, group));
  }

  /**
   * Of those that ask Patroni, the one with the same servers, or the only one on the same hosts.
   */
  private Optional<Group> same(Group group, List<Group> asked) {
    List<Group> sharing =
        asked.stream()
            .filter(it -> it.services.stream().anyMatch(group.services::contains))
            .toList();
    if (sharing.size() == 1) {
      return Optional.of(sharing.getFirst());
    }
    List<Group> near =
        asked.stream().filter(it -> it.sharesHost(host -> group.sharesHost(host::equals))).toList();
    if (near.size() != 1) {
      return Optional.empty();
    }
    ListenerPlan listener = group.listeners.getFirst();
    remarks.missing(
        listener.place(),
        "%s: its servers have the hosts of other listeners but other ports; they were"
            + " taken to be of the same cluster, make sure of that",
        listener.title());
    return Optional.of(near.getFirst());
  }

  /** A cluster for each listener; new ones are added to those that are known. */
  static Map<ListenerPlan, ClusterPlan> of(
      List<ListenerPlan> listeners, List<ClusterPlan> clusters, Remarks remarks) {
    var match = new ClusterMatch(listeners, remarks);
    Map<ListenerPlan, ClusterPlan> result = new HashMap<>();
    List<ClusterPlan> free = new ArrayList<>(clusters);
    List<Group> open = new ArrayList<>();
    for (Group group : match.groups) {
      Optional<ClusterPlan> cluster = free.stream().filter(group::isOf).findFirst();
      cluster.ifPresentOrElse(
          found -> {
            free.remove(found);
            match.assign(group, found, result);
          },
          () -> open.add(group));
    }
    for (Group group : open) {
      Optional<ClusterPlan> only = open.size() == 1 ? match.only(group, free) : Optional.empty();
      ClusterPlan cluster = only.orElseGet(() -> ofServers(group));
      if (only.isEmpty()) {
        clusters.add(cluster);
      }
      match.assign(group, cluster, result);
    }
    Map<ListenerPlan, ClusterPlan> inOrder = new LinkedHashMap<>();
    listeners.forEach(
        listener -> inOrder.put(listener, Objects.requireNonNull(result.get(listener))));
    return inOrder;
  }

  /** The one cluster that is left, unless Patroni has another port there on one of these hosts. */
  private Optional<ClusterPlan> only(Group group, List<ClusterPlan> free) {
    if (free.size() != 1 || (!group.rest.isEmpty() && group.sharesHost(free.getFirst()::hasHost))) {
      return Optional.empty();
    }
    ClusterPlan cluster = free.getFirst();
    if (cluster.hasHosts()) {
      remarks.missing(
          cluster.place(),
          cluster.title()
              + ": its member is not among the servers of haproxy.cfg, by these addresses; it was"
              + " taken to be of their cluster, make sure of that");
    }
    return Optional.of(cluster);
  }

  private static ClusterPlan ofServers(Group group) {
    ListenerPlan first = group.listeners.getFirst();
    return new ClusterPlan(
        first.servers().getFirst().place(), "the servers of " + first.title(), Optional.empty());
  }

  private void assign(Group group, ClusterPlan cluster, Map<ListenerPlan, ClusterPlan> result) {
    group.listeners.forEach(listener -> result.put(listener, cluster));
    if (!group.rest.isEmpty()) {
      cluster.restHosts(List.copyOf(group.rest));
    } else if (cluster.restHosts().isEmpty()) {
      likelyHosts(group, cluster, result);
    }
    group.listeners.stream()
        .map(ListenerPlan::rest)
        .filter(RestTls::known)
        .findFirst()
        .ifPresent(cluster::rest);
  }

  /** Patroni's default port, unless that is another cluster's on the same host. */
  private void likelyHosts(
      Group group, ClusterPlan cluster, Map<ListenerPlan, ClusterPlan> result) {
    List<String> likely =
        group.listeners.stream()
            .flatMap(listener -> listener.servers().stream())
            .map(HaproxyServer::likelyRest)
            .distinct()
            .toList();
    if (result.values().stream().noneMatch(other -> likely.stream().anyMatch(other::hasRest))) {
      cluster.restHosts(likely);
      if (cluster.etcd().isEmpty()) {
        remarks.missing(
            cluster.place(),
            "patroni.hosts: no check asks Patroni, so its port is not known; 8008, its default, was"
                + " written");
      }
    }
  }
}
