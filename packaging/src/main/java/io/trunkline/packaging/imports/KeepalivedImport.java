package io.trunkline.packaging.imports;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads keepalived.conf: a VIP for each {@code vrrp_instance}. */
final class KeepalivedImport {
  private static final int MOST_INSTANCES = 500;

  private final Remarks remarks;
  private final Set<String> names;
  private final Map<String, Place> routers = new HashMap<>();
  private final List<VipPlan> vips = new ArrayList<>();

  private KeepalivedImport(Set<String> names, Remarks remarks) {
    this.names = names;
    this.remarks = remarks;
  }

  /**
   * @param configId what {@code @id} is compared with
   * @param names of VIPs that are taken
   */
  static List<VipPlan> of(
      List<ImportSource> sources, String configId, Set<String> names, Remarks remarks)
      throws Unparsable {
    var reader = new KeepalivedImport(names, remarks);
    List<KeepalivedStatement> statements = new ArrayList<>();
    for (ImportSource source : sources) {
      statements.addAll(
          KeepalivedParser.parse(KeepalivedLines.of(source, configId, remarks), remarks));
    }
    statements.forEach(statement -> KeepalivedKeywords.top(statement, remarks));
    List<KeepalivedStatement> global =
        statements.stream()
            .filter(it -> it.keyword().equals("global_defs"))
            .flatMap(it -> it.body().stream())
            .toList();
    statements.stream()
        .filter(it -> it.keyword().equals("vrrp_instance"))
        .forEach(it -> reader.instance(it, global));
    return List.copyOf(reader.vips);
  }

  private void instance(KeepalivedStatement instance, List<KeepalivedStatement> global) {
    String router =
        instance.value("interface").orElse("")
            + " "
            + instance.value("virtual_router_id").orElse("");
    Place first = routers.putIfAbsent(router, instance.place());
    if (first != null) {
      remarks.lost(
          instance.place(),
          "vrrp_instance "
              + Text.shown(instance.word(1))
              + ": the virtual router is already at "
              + first
              + "; priorities differ from node to node, so import each node's file on that node");
      return;
    }
    if (vips.size() >= MOST_INSTANCES) {
      remarks.lost(instance.place(), "more than " + MOST_INSTANCES + " instances");
      return;
    }
    instance.body().forEach(it -> KeepalivedKeywords.instance(it, remarks));
    vips.addAll(new KeepalivedInstance(instance, global, names, remarks).vips());
  }
}
