package io.trunkline.importer.vipmanager;

import io.trunkline.config.ConfigLoader;
import io.trunkline.config.RouteKind;
import io.trunkline.importer.common.Addresses;
import io.trunkline.importer.common.ClusterPlan;
import io.trunkline.importer.common.EtcdPlan;
import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.RestTls;
import io.trunkline.importer.common.Scope;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import io.trunkline.importer.common.VipPlan;
import io.trunkline.importer.common.YamlBlock;
import io.trunkline.importer.common.YamlTree;
import io.trunkline.importer.patroni.HttpCheck;
import io.trunkline.importer.patroni.HttpExpect;
import io.trunkline.importer.patroni.PatroniRequest;
import io.trunkline.importer.patroni.PatroniRoute;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads vip-manager.yml, of version 1 and later, and in the spelling of the versions before. */
public final class VipManagerImport {
  private static final int LONGEST_KEY = 1000;

  private static final String[] OF_THE_VIP = {
    "ip", "netmask", "mask", "interface", "iface", "trigger-value", "nodename"
  };

  private final YamlTree file;
  private final Remarks remarks;

  private VipManagerImport(YamlTree file, Remarks remarks) {
    this.file = file;
    this.remarks = remarks;
  }

  /**
   * @param cluster whose leader the address follows
   */
  public record Result(ClusterPlan cluster, Optional<VipPlan> vip) {}

  /**
   * @param member the name of the Patroni member on this node, where another file tells it
   * @param names of VIPs that are taken
   */
  public static Result of(
      ImportSource source,
      List<ClusterPlan> known,
      Optional<String> member,
      Set<String> names,
      Remarks remarks)
      throws Unparsable {
    YamlTree file = YamlTree.of(source);
    var reader = new VipManagerImport(file, remarks);
    ClusterPlan cluster = reader.cluster(known);
    Optional<VipPlan> vip =
        reader.followsLeader() ? reader.vip(cluster, member, names) : Optional.empty();
    reader.tellLeft();
    return new Result(cluster, vip);
  }

  private String type() {
    return file.text("dcs-type", "endpoint_type").orElse("etcd");
  }

  private ClusterPlan cluster(List<ClusterPlan> known) {
    if (type().equals("patroni")) {
      return patroni(known);
    }
    Optional<Scope> scope = triggerKey().flatMap(VipManagerImport::scope).filter(Scope::isValid);
    Place at = file.at("trigger-key", "key").orElse(file.place());
    ClusterPlan cluster =
        known.stream()
            .filter(it -> it.scope().isPresent() && it.scope().equals(scope))
            .findFirst()
            .orElseGet(() -> new ClusterPlan(at, "trigger-key", scope));
    if (type().startsWith("etcd")) {
      etcd(cluster);
    } else {
      cluster.otherStore();
      remarks.lost(
          file.at("dcs-type", "endpoint_type").orElse(at),
          "%s: the leader key is not read there; Patroni's REST API alone decides",
          type());
    }
    return cluster;
  }

  private Optional<String> triggerKey() {
    return file.text("trigger-key", "key");
  }

  /** Whether the address is where the leader is; anything else is remarked. */
  private boolean followsLeader() {
    Place at = file.at("trigger-key", "key").orElse(file.place());
    String key = triggerKey().orElse(type().equals("patroni") ? "/leader" : "");
    if (!type().equals("patroni")) {
      if (scope(key).filter(Scope::isValid).isPresent()) {
        return true;
      }
      remarks.lost(
          at,
          "trigger-key %s: is not Patroni's leader key, which ends with /SCOPE/leader; a"
              + " VIP follows nothing else, so there is none",
          key);
      file.take(OF_THE_VIP);
      return false;
    }
    String status = file.text("trigger-value").orElse("200");
    var asked = new PatroniRequest("GET", key);
    Optional<PatroniRoute> route =
        PatroniRoute.of(HttpCheck.of(asked, new HttpExpect(HttpExpect.Test.STATUS, false, status)));
    if (route.filter(it -> it.route() == RouteKind.PRIMARY).isEmpty()) {
      remarks.lost(
          at,
          "trigger-key %s with trigger-value %s: is not what the leader alone answers; a VIP follows the leader and nothing else, so there is none; a listener of route replica can serve clients that read"
              .formatted(Text.shown(key), Text.shown(status)));
      file.take(OF_THE_VIP);
      return false;
    }
    if (!asked.name().equals("leader")) {
      remarks.changed(
          at, "trigger-key %s: the VIP follows the leader, of a standby cluster as well", key);
    }
    return true;
  }

  /** {@code /service/scope/leader}; of Citus {@code /service/scope/0/leader}; empty for others. */
  private static Optional<Scope> scope(String triggerKey) {
    if (triggerKey.length() > LONGEST_KEY || !triggerKey.matches(".*[^/]/+leader/*")) {
      return Optional.empty();
    }
    String prefix = triggerKey.replaceFirst("/+leader/*$", "");
    int last = prefix.lastIndexOf('/');
    if (last > 0 && prefix.substring(last + 1).matches("\\d{1,9}")) {
      int before = prefix.lastIndexOf('/', last - 1);
      if (before > 0) {
        last = before;
      }
    }
    return Optional.of(
        Scope.of(prefix.substring(0, Math.max(0, last)), prefix.substring(last + 1)));
  }

  private ClusterPlan patroni(List<ClusterPlan> known) {
    ClusterPlan cluster =
        known.size() == 1
            ? known.getFirst()
            : new ClusterPlan(file.place(), "dcs-type patroni", Optional.empty());
    List<String> endpoints = file.texts("dcs-endpoints", "endpoints");
    EtcdPlan.endpoints(endpoints.isEmpty() ? List.of("127.0.0.1:8008") : endpoints)
        .forEach(cluster::restHost);
    if (endpoints.stream().anyMatch(it -> it.startsWith("https:")) && !cluster.rest().known()) {
      cluster.rest(
          new RestTls(true, true, "full", Optional.empty(), Optional.empty(), Optional.empty()));
    }
    if (cluster.etcd().isEmpty()) {
      remarks.missing(
          file.at("dcs-type", "endpoint_type").orElse(file.place()),
          "patroni: what the member on this node says of itself decides; give etcd, so that the"
              + " leader key does");
    }
    return cluster;
  }

  private void etcd(ClusterPlan cluster) {
    Place at = file.at("dcs-endpoints", "endpoints").orElse(file.place());
    List<String> endpoints = file.texts("dcs-endpoints", "endpoints");
    boolean https =
        endpoints.stream().anyMatch(it -> it.startsWith("https:"))
            || file.has("etcd-ca-file", "etcd_ca_file");
    boolean certificate = https && file.has("etcd-cert-file", "etcd_cert_file");
    boolean named =
        file.has("etcd-user", "etcd_user") && file.has("etcd-password", "etcd_password");
    var etcd =
        new EtcdPlan(
            at,
            EtcdPlan.endpoints(endpoints.isEmpty() ? List.of("127.0.0.1:2379") : endpoints),
            https,
            file.text("etcd-ca-file", "etcd_ca_file"),
            file.textIf(https, "etcd-cert-file", "etcd_cert_file"),
            file.textIf(certificate, "etcd-key-file", "etcd_key_file"),
            file.textIf(named, "etcd-user", "etcd_user"),
            file.textIf(named, "etcd-password", "etcd_password"));
    if (file.has("endpoint_type", "endpoints", "nodename")) {
      cluster.etcdOfApi2(etcd);
      remarks.missing(
          at,
          "etcd: vip-manager before 2.0 spoke etcd's API 2, whose keys API 3 does not see; move"
              + " Patroni to its section etcd3, then give etcd here");
    } else if (cluster.etcdOfApi2().isEmpty()) {
      cluster.etcd(etcd);
      if (!type().equals("etcd3")) {
        remarks.changed(
            at,
            "dcs-type etcd: read through etcd's API 3, as vip-manager 2.0 and later do; version 1"
                + " used API 2, which goes with Patroni's section etcd instead of etcd3");
      }
    }
  }

  private Optional<VipPlan> vip(
      ClusterPlan cluster, Optional<String> patroniName, Set<String> names) {
    Optional<String> ip = file.text("ip").filter(Addresses::isLiteral);
    Place place = file.at("ip").orElse(file.place());
    if (ip.isEmpty()) {
      file.take("netmask", "mask");
      remarks.missing(place, "ip: write the VIP's addresses");
    }
    Optional<String> device = file.text("interface", "iface");
    if (device.isEmpty()) {
      remarks.missing(file.place(), "interface: write the VIP's interface");
    }
    String networkInterface = device.orElse(ConfigLoader.CHANGE_ME);
    Optional<String> member =
        type().equals("patroni") ? patroniName : file.text("trigger-value", "nodename");
    if (member.isEmpty()) {
      remarks.missing(
          file.place(),
          "member: the name of the Patroni member on this node; without it, the host name");
    }
    var settings = new YamlBlock();
    member.ifPresent(name -> settings.put("member", name));
    return Optional.of(
        new VipPlan(
            place,
            "vip-manager",
            Text.uniqueName("vip", "vip", names),
            networkInterface,
            List.of(ip.map(it -> it + "/" + prefix(it)).orElse(ConfigLoader.CHANGE_ME)),
            "leader",
            Optional.of(cluster),
            settings));
  }

  /** vip-manager takes the IPv4 class's mask for -1 and for none. */
  private int prefix(String ip) {
    boolean ipv6 = ip.contains(":");
    Optional<String> mask = file.text("netmask", "mask");
    if (mask.filter(Text::isNumber).isPresent()) {
      return Math.clamp(Integer.parseInt(mask.get()), 1, ipv6 ? 128 : 32);
    }
    int first = ipv6 ? 0 : Integer.parseInt(ip.substring(0, ip.indexOf('.')));
    int prefix = ipv6 ? 64 : first < 128 ? 8 : first < 192 ? 16 : 24;
    remarks.changed(
        file.at("netmask", "mask").orElse(file.place()),
        "netmask: the mask of the address's class was taken: /" + prefix);
    return prefix;
  }

  private void tellLeft() {
    file.text("hosting-type", "manager-type", "hosting_type")
        .filter(type -> !type.equals("basic"))
        .ifPresent(
            type ->
                remarks.lost(
                    file.at("hosting-type", "manager-type", "hosting_type").orElseThrow(),
                    "%s: no provider's API is called; the address moves by gratuitous ARP only",
                    type));
    file.tellLeft(key -> Optional.of(note(key)), remarks);
  }

  private static Note note(String key) {
    String told = Text.shown(key);
    return switch (key) {
      case "interval", "retry-num", "retry_num", "retry-after", "retry_after" ->
          Note.replaced(told + ": etcd is watched, and announcements are repeated");
      case "verbose", "log-level" ->
          Note.replaced(told + ": Trunkline logs one event per line on standard error");
      case "consul-token", "consul_token" -> Note.lost("consul-token: Consul is not read");
      default -> Note.noEffect(told);
    };
  }
}
