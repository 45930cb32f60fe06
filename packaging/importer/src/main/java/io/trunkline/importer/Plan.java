package io.trunkline.importer;

import io.trunkline.importer.common.ClusterPlan;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Scope;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import io.trunkline.importer.common.VipPlan;
import io.trunkline.importer.haproxy.HaproxyImport;
import io.trunkline.importer.haproxy.HaproxyServer;
import io.trunkline.importer.haproxy.ListenerPlan;
import io.trunkline.importer.keepalived.KeepalivedImport;
import io.trunkline.importer.patroni.PatroniImport;
import io.trunkline.importer.vipmanager.VipManagerImport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What all the files say together. Patroni's are read first, those of HAProxy last. */
final class Plan {
  private static final String POSTGRES_PORT = "5432";

  /** Usual ports of PgBouncer, Odyssey and Pgpool-II. */
  private static final Set<String> POOLERS = Set.of("6432", "6543", "9999");

  private final Remarks remarks;
  private final List<ClusterPlan> clusters = new ArrayList<>();
  private final List<VipPlan> vips = new ArrayList<>();
  private final Set<String> vipNames = new HashSet<>();
  private Map<ListenerPlan, ClusterPlan> listeners = new LinkedHashMap<>();
  private Optional<HaproxyImport.AdminPlan> admin = Optional.empty();
  private Optional<String> member = Optional.empty();
  private boolean haproxy;
  private boolean databaseNode;
  private boolean patroni;

  Plan(Remarks remarks) {
    this.remarks = remarks;
  }

  void patroni(List<ImportSource> sources) throws Unparsable {
    patroni = true;
    for (ImportSource source : sources) {
      PatroniImport.Result result = PatroniImport.of(source, clusters, remarks);
      add(result.cluster());
      member = member.or(result::member);
    }
  }

  void vipManager(List<ImportSource> sources) throws Unparsable {
    databaseNode = true;
    for (ImportSource source : sources) {
      VipManagerImport.Result result =
          VipManagerImport.of(source, clusters, member, vipNames, remarks);
      add(result.cluster());
      result.vip().ifPresent(vips::add);
    }
  }

  void keepalived(List<ImportSource> sources, String configId) throws Unparsable {
    vips.addAll(KeepalivedImport.of(sources, configId, member, vipNames, remarks));
    databaseNode |= vips.isEmpty();
  }

  void haproxy(List<ImportSource> sources, Map<String, String> environment) throws Unparsable {
    haproxy = true;
    Set<String> patroni =
        clusters.stream()
            .flatMap(cluster -> cluster.restHosts().stream())
            .collect(Collectors.toSet());
    HaproxyImport.Result result = HaproxyImport.of(sources, environment, patroni, remarks);
    admin = result.admin();
    listeners = ClusterMatch.of(result.listeners(), clusters, remarks);
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
    if (listeners.isEmpty() && !listensNowhere()) {
      remarks.missing(
          sources.getFirst().at(1),
          "listeners: no haproxy.cfg was given; without the key there are those on 5000 (write),"
              + " 5001 (read) and 5432 (write), which on a database node is PostgreSQL's own: write"
              + " listeners: [] there");
    } else if (listeners.isEmpty() && vips.isEmpty()) {
      remarks.missing(
          sources.getFirst().at(1),
          "listeners: nothing in these files became one, nor a VIP; write those that are wanted");
    } else if (listeners.isEmpty() && haproxy) {
      remarks.missing(
          sources.getFirst().at(1),
          "listeners: nothing in haproxy.cfg became one; write those that are wanted");
    }
    if (clusters.size() > 1 && vips.stream().anyMatch(vip -> vip.cluster().isEmpty())) {
      remarks.missing(
          vips.getFirst().place(),
          "cluster of the VIP: there are several; write the one that counts");
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
    } else if (cluster.etcd().isEmpty()
        && cluster.etcdOfApi2().isEmpty()
        && !cluster.hasOtherStore()) {
      remarks.missing(
          cluster.place(),
          "etcd: no file names it. With Patroni's REST API alone a new leader is seen later, no"
              + " quorum proves it, and writes are not paused for a switchover; "
              + (patroni ? "" : "give patroni.yml as well, or ")
              + "write etcd.hosts (not with Consul, ZooKeeper or Kubernetes)");
    }
    if (cluster.etcd().isEmpty() && !cluster.restHosts().isEmpty() && listeners.isEmpty()) {
      remarks.missing(
          cluster.place(),
          "patroni.hosts: the file names only the member that it is of; write those of the others");
    }
    cluster.doubt().ifPresent(doubt -> remarks.missing(doubt.place(), doubt.message()));
  }

  /** Whether its sessions went to the poolers that Patroni announces, as it tells in etcd. */
  boolean isPooled(ListenerPlan listener, ClusterPlan cluster) {
    return cluster.etcd().isPresent()
        && listener.servers().stream()
            .allMatch(server -> server.port().filter(cluster::hasPoolers).isPresent());
  }

  /** Trunkline dials where Patroni says that PostgreSQL listens, or its pooler. */
  private void remarkOnPorts(ListenerPlan listener, ClusterPlan cluster) {
    if (isPooled(listener, cluster)) {
      remarks.changed(
          listener.servers().getFirst().place(),
          "server port "
              + listener.servers().getFirst().port().orElseThrow()
              + ": is that of Patroni's postgresql.proxy_address, so target: proxy_url was written;"
              + " a member that announces none gets no session");
      return;
    }
    for (HaproxyServer server : listener.servers()) {
      server
          .port()
          .filter(port -> isPassedBy(port, server, cluster))
          .ifPresent(
              port ->
                  remarks.lost(
                      server.place(),
                      "server port "
                          + port
                          + ": members are reached where Patroni says that PostgreSQL listens"
                          + cluster.postgresPort().map(told -> ", on " + told).orElse("")
                          + "; a pooler, or whatever else is on that port, is passed by. To reach"
                          + " a pooler, let Patroni announce it (postgresql.proxy_address) and"
                          + " write target: proxy_url, which needs etcd"));
    }
  }

  /** Whether it is not PostgreSQL's port, as far as the files tell. */
  private boolean isPassedBy(String port, HaproxyServer server, ClusterPlan cluster) {
    if (cluster.postgresPort().isPresent()) {
      return !cluster.postgresPort().get().equals(port);
    }
    return POOLERS.contains(port)
        || cluster.hasPoolers(port)
        || (!port.equals(POSTGRES_PORT)
            && listeners.entrySet().stream()
                .filter(it -> it.getValue() == cluster)
                .flatMap(it -> it.getKey().servers().stream())
                .anyMatch(
                    it ->
                        it.host().equals(server.host())
                            && it.port().equals(Optional.of(POSTGRES_PORT))));
  }

  /**
   * Whether no listener is meant: haproxy.cfg has none, or on this database node an address follows
   * the leader.
   */
  boolean listensNowhere() {
    return listeners.isEmpty() && (haproxy || databaseNode || vipsFollowLeader());
  }

  boolean vipsFollowLeader() {
    return !vips.isEmpty() && vips.stream().allMatch(vip -> vip.mode().equals("leader"));
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
