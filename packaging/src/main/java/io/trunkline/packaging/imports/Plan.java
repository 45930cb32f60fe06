package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What all the files say together. Patroni's are read first, those of HAProxy last. */
final class Plan {
  private static final String POSTGRES_PORT = "5432";

  private final Remarks remarks;
  private final List<ClusterPlan> clusters = new ArrayList<>();
  private final List<VipPlan> vips = new ArrayList<>();
  private final Set<String> vipNames = new HashSet<>();
  private Map<ListenerPlan, ClusterPlan> listeners = new LinkedHashMap<>();
  private Optional<HaproxyImport.AdminPlan> admin = Optional.empty();
  private Optional<String> member = Optional.empty();
  private boolean haproxy;

  Plan(Remarks remarks) {
    this.remarks = remarks;
  }

  void patroni(List<ImportSource> sources) throws Unparsable {
    for (ImportSource source : sources) {
      PatroniImport.Result result = PatroniImport.of(source, clusters, remarks);
      add(result.cluster());
      member = member.or(result::member);
    }
  }

  void vipManager(List<ImportSource> sources) throws Unparsable {
    for (ImportSource source : sources) {
      VipManagerImport.Result result =
          VipManagerImport.of(source, clusters, member, vipNames, remarks);
      add(result.cluster());
      result.vip().ifPresent(vips::add);
    }
  }

  void keepalived(List<ImportSource> sources, String configId) throws Unparsable {
    vips.addAll(KeepalivedImport.of(sources, configId, vipNames, remarks));
  }

  void haproxy(List<ImportSource> sources, Map<String, String> environment) throws Unparsable {
    haproxy = true;
    HaproxyImport.Result result = HaproxyImport.of(sources, environment, remarks);
    admin = result.admin();
    listeners = ClusterMatch.of(result.listeners(), clusters);
  }

  private void add(ClusterPlan cluster) {
    if (!clusters.contains(cluster)) {
      clusters.add(cluster);
    }
  }

  /** Names the clusters and says what is still missing. */
  Plan complete(List<ImportSource> sources) {
    Set<String> names = new HashSet<>();
    for (ClusterPlan cluster : clusters) {
      String wanted = cluster.scope().map(Scope::name).orElse("main");
      cluster.name(Text.uniqueName(wanted, "main", names));
      missing(cluster);
    }
    if (clusters.isEmpty()) {
      remarks.missing(
          sources.getFirst().at(1),
          "clusters: no file names a Patroni cluster; write its scope and the hosts of etcd, or"
              + " give patroni.yml, vip-manager.yml or haproxy.cfg as well");
    }
    if (listeners.isEmpty() && !vipsFollowLeader()) {
      remarks.missing(
          sources.getFirst().at(1),
          haproxy
              ? "listeners: nothing in haproxy.cfg became one; without the key there are those on"
                  + " 5000, 5001 and 5432"
              : "listeners: no haproxy.cfg was given; without the key there are those on 5000"
                  + " (write), 5001 (read) and 5432 (write)");
    }
    if (clusters.size() > 1 && vips.stream().anyMatch(vip -> vip.cluster().isEmpty())) {
      remarks.missing(
          vips.getFirst().place(),
          "cluster of the VIP: there are several; the first was written, name the one that counts");
    }
    listeners.forEach(this::remarkOnPorts);
    return this;
  }

  private void missing(ClusterPlan cluster) {
    if (cluster.scope().isEmpty()) {
      remarks.missing(
          cluster.place(),
          "scope: Patroni's name of the cluster is in none of the files; write it");
    }
    if (cluster.etcd().isEmpty() && cluster.restHosts().isEmpty()) {
      remarks.missing(
          cluster.place(), "patroni.hosts: no file names a member; write HOST:8008 of each");
    } else if (cluster.etcd().isEmpty() && cluster.etcdOfApi2().isEmpty()) {
      remarks.missing(
          cluster.place(),
          "etcd: no file names it. With Patroni's REST API alone a new leader is seen later, no"
              + " quorum proves it, and writes are not paused for a switchover; give patroni.yml as"
              + " well, or write etcd.hosts (not with Consul, ZooKeeper or Kubernetes)");
    }
    if (cluster.etcd().isEmpty() && !cluster.restHosts().isEmpty() && listeners.isEmpty()) {
      remarks.missing(
          cluster.place(),
          "patroni.hosts: the file names only the member that it is of; write those of the others");
    }
    cluster.doubt().ifPresent(doubt -> remarks.missing(doubt.place(), doubt.message()));
  }

  /** Trunkline dials where Patroni says that PostgreSQL listens. */
  private void remarkOnPorts(ListenerPlan listener, ClusterPlan cluster) {
    String postgres = cluster.postgresPort().orElse(POSTGRES_PORT);
    for (HaproxyServer server : listener.servers()) {
      if (server.port().filter(port -> !port.equals(postgres)).isPresent()) {
        remarks.lost(
            server.place(),
            "server port %s: members are reached where Patroni says that PostgreSQL listens (%s), so a pooler on that port is passed by"
                .formatted(server.port().get(), postgres));
      }
    }
  }

  private boolean vipsFollowLeader() {
    return !haproxy
        && !vips.isEmpty()
        && vips.stream().allMatch(vip -> vip.mode().equals("leader"));
  }

  /** On a database node whose address follows the leader there is nothing to listen on. */
  boolean listensNowhere() {
    return listeners.isEmpty() && vipsFollowLeader();
  }

  List<ClusterPlan> clusters() {
    return clusters;
  }

  Map<ListenerPlan, ClusterPlan> listeners() {
    return listeners;
  }

  List<VipPlan> vips() {
    return vips;
  }

  Optional<HaproxyImport.AdminPlan> admin() {
    return admin;
  }

  Remarks remarks() {
    return remarks;
  }
}
