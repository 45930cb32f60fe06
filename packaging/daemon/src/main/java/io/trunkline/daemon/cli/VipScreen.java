package io.trunkline.daemon.cli;

import io.trunkline.daemon.status.VipReport;
import io.trunkline.daemon.status.VipReport.MasterReport;
import io.trunkline.daemon.status.VipReport.TransitionReport;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One VIP: what this node is to it and why, who has it, and what happened last.
 *
 * @param now the report's moment, ISO 8601
 */
record VipScreen(TerminalText terminal, String now) {
  private static final int SHOWN = 3;

  String render(VipReport vip) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s  %s on %s"
            .formatted(
                terminal.bold("vip " + vip.name()),
                terminal.plain(String.join(", ", vip.addresses())),
                terminal.plain(vip.networkInterface())));
    lines.add(
        "  %s for %s, since %s"
            .formatted(state(vip), Quantities.span(vip.since(), now), terminal.plain(vip.since())));
    lines.add("    " + terminal.plain(vip.why()));
    lines.add("  " + master(vip));
    List<TransitionReport> all = vip.transitions();
    all.subList(Math.max(0, all.size() - SHOWN), all.size())
        .forEach(change -> lines.add("  " + transition(change)));
    return lines.stream().map(line -> line + System.lineSeparator()).collect(Collectors.joining());
  }

  private String state(VipReport vip) {
    return switch (vip.state()) {
      case "master" -> terminal.good("master");
      case "backup" -> terminal.plain("backup");
      default -> terminal.bad("does not take part");
    };
  }

  private String master(VipReport vip) {
    if (!vip.mode().equals("vrrp")) {
      return holder(vip);
    }
    MasterReport master = vip.master();
    String who =
        master == null
            ? terminal.wary("no master is known")
            : terminal.plain(
                "the master is %s with priority %d".formatted(master.address(), master.priority()));
    String bid = "this node has " + vip.priority();
    return who + ", " + (vip.serving() ? bid : terminal.wary(bid + ": it does not serve"));
  }

  private String holder(VipReport vip) {
    boolean leader = vip.mode().equals("leader");
    String who =
        vip.holder() == null
            ? terminal.wary(leader ? "there is no leader to follow" : "no holder is known")
            : terminal.plain((leader ? "it follows " : "held by ") + vip.holder());
    return leader || vip.serving() ? who : who + ", " + terminal.wary("this node does not serve");
  }

  private String transition(TransitionReport change) {
    return terminal.dim(
        "%s ago from %s to %s: %s"
            .formatted(
                Quantities.span(change.at(), now), change.from(), change.to(), change.reason()));
  }
}
