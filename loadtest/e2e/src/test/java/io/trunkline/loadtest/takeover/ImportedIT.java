package io.trunkline.loadtest.takeover;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.failover.SharedLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Service;
import io.trunkline.loadtest.workload.Target;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** HAProxy with a user's file, and Trunkline with what was made of that file, side by side. */
@ExtendWith(SharedLab.class)
class ImportedIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SECONDS = Duration.ofSeconds(5);
  private static final String FILE = "/etc/trunkline/trunkline.yaml";
  private static final String SAVED = "/lab/trunkline.yaml.saved";
  private static final String IMPORT =
      "TRUNKLINE_JAVA_HOME=/opt/jdk /opt/trunkline/bin/trunkline import"
          + " /lab/etc/haproxy.cfg /lab/etc/patroni.yml --force --output "
          + FILE;

  private ProxyNode haproxy;
  private ProxyNode restOnly;
  private ProxyNode withEtcd;

  @BeforeEach
  void start(Lab lab) {
    haproxy = lab.proxy(1);
    restOnly = lab.proxy(2);
    withEtcd = lab.proxy(3);
    UserFiles files = new UserFiles(lab, lab.spareAddress(2));
    for (ProxyNode node : lab.proxies()) {
      node.stop(Service.TRUNKLINE);
      node.exec("cp", FILE, SAVED);
      node.write("etc/haproxy.cfg", files.text("haproxy-split-ports.cfg"));
    }
    haproxy.write("etc/haproxy.cfg", runnable(files.text("haproxy-split-ports.cfg")));
    haproxy.start(Service.HAPROXY);
    restOnly.write("etc/patroni.yml", files.text("patroni-docker.yml"));
    withEtcd.write("etc/patroni.yml", withoutTls(files.text("patroni-postgres-01.yml")));
    for (ProxyNode node : new ProxyNode[] {restOnly, withEtcd}) {
      node.exec("sh", "-c", IMPORT);
    }
    restOnly.start(Service.TRUNKLINE);
    withEtcd.start(Service.TRUNKLINE);
  }

  /**
   * What the file means: HAProxy has no {@code check-path} and refuses it; the path of a check is
   * that of {@code option httpchk}.
   */
  private static String runnable(String haproxy) {
    return haproxy
        .replaceAll("(?s)option httpchk\\n(.*?check-path (/\\w+))", "option httpchk GET $2\n$1")
        .replaceAll(" check-path /\\w+", "");
  }

  /** As this lab's etcd and Patroni are. */
  private static String withoutTls(String patroni) {
    return patroni.replaceAll("(?m)^ +(protocol|cacert|cert|key|certfile): .*\\n", "");
  }

  @AfterEach
  void restore(Lab lab) {
    haproxy.stop(Service.HAPROXY);
    for (ProxyNode node : lab.proxies()) {
      node.exec("cp", SAVED, FILE);
      node.restart();
    }
  }

  @Test
  void splitPortsLeadWhereHaproxyLeads(Lab lab) {
    sameAnswers(lab);
    lab.patroni().switchover();
    sameAnswers(lab);
  }

  private void sameAnswers(Lab lab) {
    Set<String> primary = Set.of("f " + lab.primary().address());
    Set<String> replicas =
        lab.replicas().stream()
            .map(member -> "t " + member.address())
            .collect(Collectors.toCollection(TreeSet::new));
    for (ProxyNode node : lab.proxies()) {
      settles(lab, node, 5000, primary);
      settles(lab, node, 5001, replicas);
    }
    for (ProxyNode node : lab.proxies()) {
      assertThat(answers(lab, node, 5000)).as("write through %s", node).isEqualTo(primary);
      assertThat(answers(lab, node, 5001)).as("read through %s", node).isEqualTo(replicas);
    }
  }

  /** HAProxy checks every three seconds, and takes a server out after three of them. */
  private static void settles(Lab lab, ProxyNode node, int port, Set<String> expected) {
    Group.await(
        node + " leads port " + port + " to " + expected,
        LIMIT,
        () -> answers(lab, node, port).equals(expected));
  }

  private static Set<String> answers(Lab lab, ProxyNode node, int port) {
    Target target = lab.target(node, port).withTimeouts(SECONDS, SECONDS, SECONDS);
    return Answers.of(target);
  }
}
