package io.trunkline.loadtest.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.failover.SharedLab;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.ServiceHost;
import io.trunkline.loadtest.scenario.VirtualAddress;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;

/** The package is upgraded on a node that has the VIP, while everybody works. */
@ExtendWith(SharedLab.class)
@Isolated("a starved proxy lets its address go")
class UpgradeIT {
  private static final String FILE = "/etc/trunkline/trunkline.yaml";
  private static final String VIP =
      """
      upgrade_timeout: 60s
      drain_timeout: 3s
      vips:
        - {name: main, interface: eth0, addresses: [%s/24], vrrp: {router_id: 61, priority: %d}}
      """;

  private static ServiceHost host;
  private static String address;
  private static ProxyNode other;
  private static String newer;

  @BeforeAll
  static void install(Lab lab) {
    address = lab.spareAddress(5);
    other = lab.proxy(1);
    VirtualAddress.configure(other, VIP.formatted(address, 90).replaceAll("(?s)^.*(?=vips:)", ""));
    other.restart();
    host = lab.serviceHost(6);
    String file = host.copyPackage();
    host.sh("dpkg --install " + file);
    host.write(FILE, lab.trunklineFile("packaged", VIP.formatted(address, 100)));
    host.sh("systemctl start trunkline");
    host.await("it has the VIP", UpgradeIT::hasVip);
    newer = newer(file);
  }

  @AfterAll
  static void remove(Lab lab) {
    host.close();
    VirtualAddress.disable(lab);
  }

  /** The same program as a package of a higher version: every file is another one afterwards. */
  private static String newer(String file) {
    host.sh("dpkg-deb --raw-extract " + file + " /root/newer");
    host.sh("sed -i 's/^Version: .*/&+1/' /root/newer/DEBIAN/control");
    host.sh("dpkg-deb --build -Znone /root/newer /root/newer.deb");
    return "/root/newer.deb";
  }

  private static boolean hasVip() {
    return host.sh("ip -o addr show dev eth0").contains(address + "/24");
  }

  private static String mainPid() {
    return host.property("MainPID");
  }

  private static int processes() {
    return Integer.parseInt(host.sh("pgrep -c -u trunkline java || true"));
  }

  @Test
  void sessionsAndTheVipStayWhereTheyAre(Lab lab) throws Exception {
    upgradeUnder(lab, 200);
  }

  /** Where PostgreSQL takes 50 ms of a processor for a session, this takes minutes. */
  @Test
  @Tag("long")
  void fiveHundredSessionsAndTheVipStayWhereTheyAre(Lab lab) throws Exception {
    upgradeUnder(lab, 500);
  }

  private static void upgradeUnder(Lab lab, int sessions) throws Exception {
    String before = mainPid();
    int told = Files.readString(other.log()).length();
    try (Busy busy = Busy.start(lab.target(address, 5000), sessions)) {
      String said = host.sh("dpkg --install " + newer + " 2>&1");

      assertThat(said + host.sh("journalctl -u trunkline --no-pager")).contains("serves now");

      assertThat(mainPid()).as("another process is the service").isNotEqualTo(before);
      assertThat(processes()).isEqualTo(2);
      assertThat(host.property("ActiveState")).isEqualTo("active");
      host.sh("sleep 5");
      assertThat(busy.failures()).isEmpty();
      assertThat(busy.untouched()).as("sessions that go on").isEqualTo(sessions);
      System.out.println("measured: new sessions during the upgrade: " + busy.opened());
      assertThat(host.sh("trunkline status"))
          .contains("the previous process " + before + " still has");
      assertThat(hasVip()).isTrue();
      assertThat(Files.readString(other.log()).substring(told))
          .as("the other node saw no change of the VIP")
          .doesNotContain("vip_state_changed");

      busy.expectEnd();
      lab.patroni().switchover();
      busy.awaitEnded();
      assertThat(busy.endings()).as("the old process fences its sessions").containsExactly("57P01");
    }
    host.await("the old process ends with its last session", () -> processes() == 1);
    assertThat(host.sh("journalctl -u trunkline --no-pager"))
        .contains("upgrade_handed_over", "upgrade_taken_over")
        .doesNotContain("thread_died", "reception only permitted");
  }

  @Test
  void aStopDrainsTheProcessBefore(Lab lab) throws Exception {
    try (Busy busy = Busy.start(lab.target(address, 5000), 5)) {
      host.sh("trunkline upgrade");
      host.await("both are there", () -> processes() == 2);
      assertThat(busy.failures()).isEmpty();
      assertThat(busy.untouched()).as("sessions of the process before").isEqualTo(5);
      busy.expectEnd();
      host.sh("systemctl stop trunkline");
      busy.awaitEnded();
      // Another node has the address by then: what it answers may overtake the farewell.
      assertThat(busy.endings()).isSubsetOf("57P01", "08006");
    }
    assertThat(host.sh("journalctl -u trunkline --no-pager -n 12"))
        // How many: not always. The process before may be gone before it has said so (a known
        // fault).
        .contains("vip_sessions_ended vip=")
        .doesNotContain("with signal SIGKILL");
    assertThat(host.property("Result")).isEqualTo("success");
    assertThat(processes()).isZero();
    assertThat(hasVip()).isFalse();
    host.sh("systemctl start trunkline");
    host.await("it has the VIP again", UpgradeIT::hasVip);
  }

  @Test
  void aBadConfigurationLeavesTheOldProcessAtWork(Lab lab) {
    String before = mainPid();
    host.write(FILE, "cluster: x\n");
    assertThat(host.run("trunkline", "upgrade", "--socket", "/run/trunkline/admin.sock").exitCode())
        .isEqualTo(1);
    assertThat(mainPid()).isEqualTo(before);
    assertThat(hasVip()).isTrue();
    assertThat(host.sh("journalctl -u trunkline --no-pager -n 20")).contains("upgrade_failed");
    host.write(FILE, lab.trunklineFile("packaged", VIP.formatted(address, 100)));
    assertThat(host.sh("trunkline upgrade")).contains("serves now");
    assertThat(mainPid()).isNotEqualTo(before);
    host.await("the old process ends at once", () -> processes() == 1);
    assertThat(hasVip()).isTrue();
  }
}
