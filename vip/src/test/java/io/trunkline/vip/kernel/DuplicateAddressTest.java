package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code duplicate_address: refuse}. */
class DuplicateAddressTest {
  private static final String VIP = "10.77.0.210";

  private Lab lab;
  private Host hostA;
  private Host hostB;

  @BeforeEach
  void hosts() {
    lab = new Lab();
    hostA = lab.host("a", "10.77.0.11/24");
    hostB = lab.host("b", "10.77.0.12/24");
  }

  @AfterEach
  void clean() {
    lab.close();
  }

  @Test
  void anAddressOfAnotherHostIsNotTakenUntilThatHostLetsGo() {
    hostB.ip("addr add " + VIP + "/24 dev eth0");
    Running said = hostB.capture("vrrp or (arp and arp[14:4] == 0x0a4d00d2)");
    Node a = refusing(hostA, "priority=100");
    a.await(0, "warning " + VIP + " is used by " + hostB.mac());
    a.await(0, "transition BACKUP DUPLICATE_ADDRESS");
    Await.pause(Duration.ofMillis(2500));
    assertThat(a.wrote(0, "transition MASTER")).isFalse();
    assertThat(hostA.has(VIP)).isFalse();
    assertThat(a.process().lines())
        .as("said once")
        .filteredOn(line -> line.contains("warning") || line.contains("DUPLICATE_ADDRESS"))
        .hasSize(2);
    assertThat(said.lines()).noneMatch(line -> line.contains("VRRP"));
    assertThat(said.lines()).noneMatch(line -> line.contains(hostA.mac() + " > ff:ff"));
    int mark = a.mark();
    a.say("status");
    assertThat(a.line(mark, "status "))
        .contains("why=" + VIP + " is used by " + hostB.mac(), "reason=DUPLICATE_ADDRESS")
        .containsPattern("contended=[1-9]");

    Instant removed = Instant.now();
    hostB.ip("addr del " + VIP + "/24 dev eth0");
    Duration taken = Duration.between(removed, a.awaitMaster(mark));
    Measured.report("refuse: the other host lets go, taken", taken);
    assertThat(taken).isLessThan(Duration.ofSeconds(3));
    Await.until("the address", Duration.ofSeconds(1), () -> hostA.has(VIP));
    said.await(0, "VRRP", line -> line.contains("VRRP"), Duration.ofSeconds(2));
    said.await(
        0,
        "gratuitous ARP",
        line -> line.contains(hostA.mac() + " > ff:ff"),
        Duration.ofSeconds(2));
  }

  @Test
  void aLivingMasterOfLowerPriorityIsPreemptedAndOneThatLetsGoIsSucceeded() {
    Node b = refusing(hostB, "priority=90");
    b.awaitMaster(0);
    Node a = refusing(hostA, "priority=100");
    a.await(0, "transition MASTER PREEMPTED_LOWER");
    b.await(0, "transition BACKUP HIGHER_PRIORITY");

    int mark = b.mark();
    a.say("release");
    b.await(mark, "transition MASTER MASTER_RELEASED");
    a.await(0, "released");
    assertThat(a.wrote(0, "DUPLICATE_ADDRESS")).isFalse();
    assertThat(b.wrote(0, "DUPLICATE_ADDRESS")).isFalse();
  }

  @Test
  void aKilledHolderIsReplacedWhenItsKernelHasLetGo() {
    Node a = refusing(hostA, "priority=100");
    a.awaitMaster(0);
    Node b = refusing(hostB, "priority=90");
    Await.pause(Duration.ofMillis(700));
    Instant killed = Instant.now();
    a.process().signal("KILL");
    Instant taken = b.awaitMaster(0);
    assertThat(hostA.has(VIP)).as("two hosts have it").isFalse();
    Measured.report("refuse: kill -9, takeover", Duration.between(killed, taken));
    assertThat(Duration.between(killed, taken)).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void aNodeThatRefusesFollowsOneThatDoesNot() {
    Host other = lab.host("o", "10.77.0.66/24");
    other.ip("addr add " + VIP + "/24 dev eth0");
    Node b = refusing(hostB, "priority=90");
    b.await(0, "transition BACKUP DUPLICATE_ADDRESS");
    Node a = Node.start(hostA, "priority=100", "duplicate=WARN", "vip=" + VIP + "/24");
    a.awaitMaster(0);
    b.await(0, "transition BACKUP JOINED");
    int mark = b.mark();
    b.say("status");
    assertThat(b.line(mark, "status ")).contains("why=10.77.0.11 is the master");
    assertThat(b.wrote(0, "transition MASTER")).isFalse();
  }

  private static Node refusing(Host host, String priority) {
    return Node.start(host, priority, "duplicate=REFUSE", "vip=" + VIP + "/24");
  }
}
