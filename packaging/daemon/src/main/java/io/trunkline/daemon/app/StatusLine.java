package io.trunkline.daemon.app;

import io.trunkline.daemon.status.NodeFacts;
import io.trunkline.proxy.stats.ListenerStats;
import io.trunkline.routing.Plural;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipStatus;
import java.util.ArrayList;
import java.util.List;

/** What {@code systemctl status} shows of the daemon: one line. */
record StatusLine(NodeFacts node) {

  /** {@code main: open, writes to pg-1; VIP main: backup of 10.0.0.2; 412 sessions}. */
  String text() {
    List<String> parts = new ArrayList<>();
    node.readiness().get().obstacle().ifPresent(parts::add);
    node.config().clusters().forEach(cluster -> parts.add(writes(cluster.name())));
    node.vips().get().forEach(vip -> parts.add(vip(vip)));
    parts.add(sessions());
    return String.join("; ", parts);
  }

  private String writes(String cluster) {
    return cluster
        + ": "
        + node.table(cluster).map(StatusLine::writes).orElse("state not read yet");
  }

  private static String writes(RoutingTable table) {
    String state = table.write().state().label();
    return table
        .write()
        .target()
        .map(target -> "%s, writes to %s".formatted(state, target.member()))
        .orElseGet(() -> "%s: %s".formatted(state, table.why()));
  }

  private static String vip(VipStatus vip) {
    String of = vip.state() == VipState.BACKUP ? vip.holder().map(" of "::concat).orElse("") : "";
    return "VIP %s: %s%s".formatted(vip.name(), vip.state().label(), of);
  }

  private String sessions() {
    int open = node.stats().get().values().stream().mapToInt(ListenerStats::connections).sum();
    return Plural.of(open, "session");
  }
}
