package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabException;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.Node;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.util.List;

/** Who has a role now; while nobody can tell, who had it last. */
final class Targets {
  private final Lab lab;
  private final VirtualAddress vip;
  private Member primary;
  private ProxyNode holder;
  private int turn;

  Targets(Lab lab, VirtualAddress vip) {
    this.lab = lab;
    this.vip = vip;
    this.primary = lab.primary();
    this.holder = lab.proxy(1);
  }

  /** The machines that have the role. */
  synchronized List<Node> of(Role role) {
    turn++;
    return switch (role) {
      case PRIMARY -> List.of(primary());
      case REPLICA -> List.of(other(lab.members(), primary()));
      case ETCD_MEMBER -> List.of(lab.members().get(turn % lab.members().size()));
      case ETCD, CLUSTER -> List.copyOf(lab.members());
      case VIP_HOLDER -> List.of(holder());
      case OTHER_PROXY -> List.of(other(lab.proxies(), holder()));
      case EVERY_PROXY -> List.copyOf(lab.proxies());
    };
  }

  private <T> T other(List<T> all, T one) {
    List<T> others = all.stream().filter(each -> !each.equals(one)).toList();
    return others.get(turn % others.size());
  }

  private Member primary() {
    try {
      String leader = lab.patroni().leader().orElse("");
      lab.members().stream()
          .filter(member -> member.name().equals(leader))
          .findFirst()
          .ifPresent(member -> primary = member);
    } catch (LabException e) {
      return primary; // etcd does not answer
    }
    return primary;
  }

  private ProxyNode holder() {
    vip.holder(lab).ifPresent(proxy -> holder = proxy);
    return holder;
  }
}
