package io.trunkline.importer.keepalived;

import io.trunkline.importer.common.ImportSource;
import io.trunkline.importer.common.Line;
import io.trunkline.importer.common.Place;
import io.trunkline.importer.common.Remarks;
import io.trunkline.importer.common.Text;
import io.trunkline.importer.common.Unparsable;
import io.trunkline.importer.common.VipPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads keepalived.conf: a VIP for each {@code vrrp_instance}. */
public final class KeepalivedImport {
  private static final int MOST_INSTANCES = 500;

  private final Remarks remarks;
  private final Set<String> names;
  private final Map<String, KeepalivedScript> scripts = new HashMap<>();
  private final Optional<String> member;
  private final Map<String, Place> routers = new HashMap<>();
  private final List<VipPlan> vips = new ArrayList<>();

  private KeepalivedImport(Optional<String> member, Set<String> names, Remarks remarks) {
    this.member = member;
    this.names = names;
    this.remarks = remarks;
  }

  /**
   * @param configId what {@code @id} is compared with
   * @param member the name of the Patroni member on this node, where another file tells it
   * @param names of VIPs that are taken
   */
  public static List<VipPlan> of(
      List<ImportSource> sources,
      String configId,
      Optional<String> member,
      Set<String> names,
      Remarks remarks)
      throws Unparsable {
    var reader = new KeepalivedImport(member, names, remarks);
    List<KeepalivedStatement> statements = new ArrayList<>();
    for (ImportSource source : sources) {
      statements.addAll(
          KeepalivedStatement.parse(KeepalivedLines.of(source, configId, remarks), remarks));
    }
    var file = new KeepalivedStatement(new Line(sources.getFirst().at(1), List.of("")), statements);
    file.all("vrrp_script").forEach(it -> reader.scripts.put(it.word(1), KeepalivedScript.of(it)));
    var global = new KeepalivedStatement(file.line(), file.entries("global_defs"));
    List<KeepalivedStatement> groups = file.all("vrrp_sync_group").toList();
    groups.forEach(it -> group(it, remarks));
    file.all("vrrp_instance").forEach(it -> reader.instance(it, global, groups));
    KeepalivedKeywords.tellLeft(statements, KeepalivedKeywords::top, remarks);
    return List.copyOf(reader.vips);
  }

  private static void group(KeepalivedStatement group, Remarks remarks) {
    remarks.changed(
        group.taken(2).place(),
        "vrrp_sync_group: all VIPs of a node follow what the node serves, so they move together;"
            + " but each has its own adverts, and the fault of one interface moves only its own"
            + " VIPs");
  }

  private void instance(
      KeepalivedStatement statement, KeepalivedStatement global, List<KeepalivedStatement> groups) {
    var instance = new KeepalivedInstance(statement, global, groups, scripts, member, remarks);
    String router =
        statement.value("interface").orElse("")
            + " "
            + statement.value("virtual_router_id").orElse("")
            + (instance.isIpv6() ? " IPv6" : " IPv4");
    Place first = routers.putIfAbsent(router, statement.place());
    if (first != null) {
      statement.takeAll();
      remarks.lost(
          statement.place(),
          "vrrp_instance "
              + Text.shown(statement.word(1))
              + ": the virtual router is already at "
              + first
              + "; priorities differ from node to node, so import each node's file on that node");
      return;
    }
    if (vips.size() >= MOST_INSTANCES) {
      statement.takeAll();
      remarks.lost(statement.place(), "more than " + MOST_INSTANCES + " instances");
      return;
    }
    instance.vip(names).ifPresent(vips::add);
  }
}
