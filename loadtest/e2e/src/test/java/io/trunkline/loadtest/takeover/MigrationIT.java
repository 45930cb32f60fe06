package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.workload.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * {@code docs/migrate-from-haproxy-keepalived.md}, command by command, on a cluster where
 * everything speaks TLS, while clients write and read through the VIP.
 */
@Isolated("a starved proxy lets its address go")
class MigrationIT {
  private static final int PORT = 5432;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SECONDS = Duration.ofSeconds(5);

  /** A busy machine is slower than the protocol; what is promised is of that order. */
  private static final Duration BUSY = Duration.ofSeconds(10);

  @Test
  void clientsStayWhileThePageIsFollowedThereAndBack() {
    ProxyKind kind = ProxyKind.TRUNKLINE;
    try (Lab lab = Lab.start(LabOptions.encrypted().withProxies(kind, kind, kind))) {
      Group group = new Group(lab, lab.spareAddress(2));
      try {
        migrate(lab, group, new UserFiles(lab, group.address()));
      } catch (AssertionError | RuntimeException e) {
        lab.saveLogs(Path.of("target", "lab-logs", "migration"));
        throw e;
      }
    }
  }

  private record Step(Group group, Walkthrough page) {
    void configure(ManagedNode managed) {
      managed.file("/root/patroni.yml", "patroni-postgres-01.yml");
      assertThat(managed.run(page.commands("2."))).matches(page.output("2."));
    }

    void moveAsDescribed(ManagedNode managed, String heading) {
      assertThat(managed.run(page.commands(heading))).matches(page.output(heading));
      settled(group, managed.node() + " runs Trunkline");
    }

    /** A node whose name and priority are not those of the page. */
    void move(ManagedNode managed) {
      assertThat(managed.run(page.commands("3."))).contains(", ready");
      settled(group, managed.node() + " runs Trunkline");
    }

    void goBack(ManagedNode managed) {
      managed.run(page.commands("4."));
      settled(group, managed.node() + " runs HAProxy and keepalived");
    }
  }

  private static void migrate(Lab lab, Group group, UserFiles files) {
    List<ManagedNode> nodes =
        group.nodes().stream().map(node -> ManagedNode.of(node, files)).toList();
    for (int number = 1; number <= 3; number++) {
      classic(nodes.get(number - 1), number);
    }
    settled(group, "keepalived has elected");
    Step page = new Step(group, Walkthrough.of("migrate-from-haproxy-keepalived.md", files));
    ManagedNode first = nodes.get(0);
    ManagedNode second = nodes.get(1);
    ManagedNode third = nodes.get(2);

    Target vip =
        lab.target(group.address(), PORT).withTimeouts(Duration.ofSeconds(2), SECONDS, SECONDS);
    try (Clients clients = Clients.start(vip)) {
      Duration takeover = clients.during("a takeover of keepalived", () -> dies(group));
      Duration bound = takeover.plus(BUSY);

      clients.unnoticed("2. configure", () -> nodes.forEach(page::configure));
      clients.unnoticed("3. move proxy-3", () -> page.moveAsDescribed(third, "3."));
      sameAnswers(lab, group);
      clients.unnoticed("3. move proxy-2", () -> page.move(second));
      Duration moved =
          clients.during("5. move proxy-1 with the VIP", () -> page.moveAsDescribed(first, "5."));
      assertThat(moved).isLessThan(bound);
      assertThat(clients.during("4. go back on proxy-1", () -> page.goBack(first)))
          .isLessThan(bound);
      assertThat(clients.verdict(lab).lost()).as("acknowledged commits lost").isZero();
    }
  }

  /** HAProxy and keepalived as users have them, under the paths that they have them at. */
  private static void classic(ManagedNode managed, int number) {
    managed.node().stop(Service.TRUNKLINE);
    managed.file("/lab/etc/haproxy.cfg", "haproxy-vip-port.cfg");
    managed.file("/lab/etc/keepalived.conf", "keepalived-haproxy-0" + number + ".conf");
    managed.file("/etc/keepalived/check_haproxy.sh", "check_haproxy.sh");
    managed.run(
        """
        chmod 755 /etc/keepalived/check_haproxy.sh
        ln -sf /lab/etc/haproxy.cfg /etc/haproxy/haproxy.cfg
        ln -sf /lab/etc/keepalived.conf /etc/keepalived/keepalived.conf
        mkdir -p /etc/trunkline/certs
        cp /lab/certs/ca.crt /etc/trunkline/certs/
        cp /lab/certs/node.crt /etc/trunkline/certs/proxy.crt
        cp /lab/certs/node.key /etc/trunkline/certs/proxy.key
        systemctl enable --now haproxy keepalived
        """);
  }

  /** The host of the VIP loses HAProxy and keepalived at once, and gets them back. */
  private static void dies(Group group) {
    ClassicStack stack = new ClassicStack(group, false);
    group.first().exec("sh", "-c", stack.kill() + "; true");
    Group.await(
        "another node has the VIP", LIMIT, () -> group.others().stream().anyMatch(group::holds));
    Group.sleep(Duration.ofSeconds(1));
    stack.repair(group.first());
    settled(group, "keepalived is back");
  }

  private static void settled(Group group, String when) {
    Group.await(
        when + ", and the first node has the VIP",
        LIMIT,
        () -> group.holders().equals(List.of(group.first())));
    Target vip = group.lab().target(group.address(), PORT).withTimeouts(SECONDS, SECONDS, SECONDS);
    Group.await(when + ", and it serves", LIMIT, () -> Answers.of(vip).size() == 1);
  }

  /** Node 3 is moved, node 2 is not. */
  private static void sameAnswers(Lab lab, Group group) {
    Set<String> primary = Set.of("f " + lab.primary().address());
    for (ProxyNode node : group.nodes()) {
      Target target = lab.target(node, PORT).withTimeouts(SECONDS, SECONDS, SECONDS);
      assertThat(Answers.of(target)).as("through %s", node).isEqualTo(primary);
    }
  }
}
