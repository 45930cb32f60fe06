package io.trunkline.importer;

import io.trunkline.config.ConfigLoader;
import io.trunkline.importer.common.ClusterPlan;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Remark;
import io.trunkline.importer.common.Remark.Kind;
import io.trunkline.importer.common.Scope;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.VipPlan;
import io.trunkline.importer.common.YamlBlock;
import io.trunkline.importer.haproxy.ListenerPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a plan as a configuration file of Trunkline. */
record PlanWriter(Plan plan, List<ImportSource> sources) {
  private static final String DEFAULT_NAMESPACE = "/service/";

  String write() {
    var file = new YamlBlock();
    file.comment(
        "Made by trunkline import from "
            + sources.stream().map(ImportSource::file).collect(Collectors.joining(", "))
            + ".");
    file.comment("What could not be carried over, and what is missing, is at the end.");
    file.comment("");
    clusters(file);
    listeners(file);
    vips(file);
    admin(file);
    return file.render() + remarks();
  }

  private void clusters(YamlBlock file) {
    if (plan.clusters().isEmpty()) {
      file.comment("clusters:");
      file.comment("  - {scope: NAME, etcd: {hosts: [HOST:2379]}}");
    } else {
      file.putItems("clusters", plan.clusters().stream().map(this::cluster).toList());
    }
    file.comment("");
  }

  private YamlBlock cluster(ClusterPlan cluster) {
    var out = new YamlBlock();
    out.comment(cluster.place() + ": " + cluster.title());
    String scope = cluster.scope().map(Scope::name).orElse(ConfigLoader.CHANGE_ME);
    if (!scope.equals(cluster.name())) {
      out.put("name", cluster.name());
    }
    out.put("scope", scope);
    cluster
        .scope()
        .map(Scope::namespace)
        .filter(namespace -> !namespace.equals(DEFAULT_NAMESPACE))
        .ifPresent(namespace -> out.put("namespace", namespace));
    cluster
        .etcd()
        .ifPresent(
            etcd -> {
              var section = new YamlBlock();
              etcd.write(section);
              out.comment(etcd.place().toString());
              out.put("etcd", section);
            });
    if (cluster.etcd().isEmpty()) {
      cluster
          .etcdOfApi2()
          .ifPresent(
              etcd -> {
                out.comment(
                    etcd.place() + ": when Patroni's section is etcd3, instead of patroni.hosts:");
                out.comment("etcd: {hosts: [" + String.join(", ", etcd.hosts()) + "]}");
              });
    }
    var patroni = new YamlBlock();
    if (cluster.etcd().isEmpty() && !cluster.restHosts().isEmpty()) {
      String scheme = cluster.rest().https() ? "https://" : "";
      patroni.put(
          "hosts",
          cluster.restHosts().stream()
              // The name of a service record is no host.
              .map(host -> host.startsWith("_") ? ConfigLoader.CHANGE_ME : scheme + host)
              .toList());
    }
    cluster.rest().write(patroni);
    return out.put("patroni", patroni);
  }

  private void listeners(YamlBlock file) {
    if (plan.listensNowhere()) {
      if (plan.vipsFollowLeader()) {
        file.comment(
            "Clients connect to PostgreSQL itself, at the address that follows the leader.");
      }
      file.put("listeners", List.of());
      file.comment("");
    } else if (!plan.listeners().isEmpty()) {
      List<YamlBlock> items = new ArrayList<>();
      for (Map.Entry<ListenerPlan, ClusterPlan> entry : plan.listeners().entrySet()) {
        items.add(listener(entry.getKey(), entry.getValue()));
      }
      file.putItems("listeners", items);
      file.comment("");
    }
  }

  private YamlBlock listener(ListenerPlan listener, ClusterPlan cluster) {
    var out = new YamlBlock();
    out.comment(listener.place() + ": " + listener.title());
    out.put("name", listener.name());
    out.put("bind", bind(listener));
    if (plan.clusters().size() > 1) {
      out.put("cluster", cluster.name());
    }
    if (plan.isPooled(listener, cluster)) {
      out.put("target", "proxy_url");
    }
    return out.putAll(listener.settings());
  }

  /** A VIP can be bound only while it is here, so its listener listens on every address. */
  private String bind(ListenerPlan listener) {
    String host = listener.bind().host();
    if (plan.vips().stream().noneMatch(vip -> vip.holds(host))) {
      return listener.bind().written();
    }
    String every = host.contains(":") ? "::" : "0.0.0.0";
    plan.remarks()
        .changed(
            listener.place(),
            "bind "
                + Text.shown(host)
                + ": it is the VIP, which is not always here; the listener is on "
                + every
                + ", so the port must be free on every address of this node");
    return listener.bind().at(every);
  }

  private void vips(YamlBlock file) {
    if (!plan.vips().isEmpty()) {
      file.putItems("vips", plan.vips().stream().map(this::vip).toList());
      file.comment("");
    }
  }

  private YamlBlock vip(VipPlan vip) {
    var out = new YamlBlock();
    out.comment(vip.place() + ": " + vip.title());
    out.put("name", vip.name());
    out.put("interface", vip.networkInterface());
    out.put("addresses", vip.addresses());
    out.put("mode", vip.mode());
    if (plan.clusters().size() > 1) {
      out.put("cluster", vip.cluster().map(ClusterPlan::name).orElse(ConfigLoader.CHANGE_ME));
    }
    return out.putAll(vip.settings());
  }

  private void admin(YamlBlock file) {
    plan.admin()
        .filter(admin -> !admin.guarded())
        .ifPresent(
            admin -> {
              file.comment(admin.bind().place() + ": the statistics");
              file.put("admin", new YamlBlock().put("bind", admin.bind().written()));
              file.comment("");
            });
  }

  private String remarks() {
    List<Remark> all = plan.remarks().sorted();
    var out = new YamlBlock();
    for (Kind kind : Kind.values()) {
      List<Remark> some = all.stream().filter(it -> it.kind() == kind).toList();
      if (!some.isEmpty()) {
        out.comment(kind.label() + ": " + kind.sentence());
        some.forEach(remark -> out.comment("  " + remark));
      }
    }
    return out.render();
  }
}
