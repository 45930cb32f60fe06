package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A node hangs, dies, loses its address, or is cut off from the other one. */
class HolderLostTest extends TwoNodes {
  private static final Duration REST = Duration.ofMillis(4900);
  private static final Duration TAKEN_OVER = Duration.ofMillis(1250);

  @Test
  void aKilledHolderIsReplacedAndFencedByTheKernel() {
    Instant killed = Instant.now();
    a.process().signal("KILL");

    Duration takeover = Duration.between(killed, b.awaitMaster(0));
    Duration fenced = fenced(hostA, killed);
    Measured.report("kill -9, 300 ms: takeover", takeover);
    Measured.report("kill -9: address gone from the dead node", fenced);
    assertThat(takeover).isLessThan(TAKEN_OVER);

    // It comes back, and takes the address back: once.
    a = Node.start(hostA, "priority=100", "vip=" + VIP + "/24");
    a.awaitMaster(0);
    b.await(0, "transition BACKUP HIGHER_PRIORITY");
    b.await(0, "leaving HIGHER_PRIORITY");
    assertOnlyA();
  }

  @Test
  void aFrozenHolderIsReplacedAndFencedByTheKernelAndStepsDownWhenItWakes() {
    int mark = a.mark();
    Instant frozen = Instant.now();
    a.process().signal("STOP");

    Duration takeover = Duration.between(frozen, b.awaitMaster(0));
    Duration fenced = fenced(hostA, frozen);
    Measured.report("SIGSTOP, 300 ms: takeover", takeover);
    Measured.report("SIGSTOP: address gone from the frozen node", fenced);
    assertThat(takeover).isLessThan(TAKEN_OVER);

    a.process().signal("CONT");
    a.await(mark, "leaving STALLED");
    Instant stalled = a.await(mark, "transition BACKUP STALLED");
    Duration left = Duration.between(stalled, a.awaitMaster(mark));
    assertThat(left).as("the sessions of the other get a rest").isGreaterThan(REST);
    b.await(0, "leaving HIGHER_PRIORITY");
    assertOnlyA();
  }

  @Test
  void aFrozenBackupDoesNotMistakeItsSleepForTheMastersSilence() {
    for (int i = 0; i < 3; i++) {
      b.process().signal("STOP");
      Await.pause(Duration.ofMillis(1450));
      b.process().signal("CONT");
      Await.pause(Duration.ofMillis(300));
    }
    assertThat(b.wrote(0, "MASTER")).isFalse();
    assertThat(a.wrote(0, "BACKUP HIGHER")).isFalse();
    assertOnlyA();
  }

  @Test
  void aHolderWhoseTrafficLoopHangsLetsGo() {
    int mark = a.mark();
    Instant hung = Instant.now();
    a.say("hang");
    Duration takeover = Duration.between(hung, b.awaitMaster(0));
    a.await(mark, "transition INITIALIZE HEARTBEAT_LOST");
    Duration gone = fenced(hostA, hung);
    Measured.report("traffic loop hangs: takeover", takeover);
    Measured.report("traffic loop hangs: address gone", gone);
    assertThat(timers(a)).as("waiting for a sign of life is no spinning").isLessThan(1000);

    Instant well = Instant.now();
    a.say("beat");
    assertThat(Duration.between(well, a.awaitMaster(mark))).isGreaterThan(REST);
    assertOnlyA();
  }

  @Test
  void afterAPartitionThereIsOneMasterAndItAnnouncesItself() {
    Host client = lab.host("c", "10.77.0.9/24");
    hostA.cutOff();
    b.awaitMaster(0);
    assertThat(hostA.has(VIP)).isTrue();
    Await.pause(Duration.ofMillis(800)); // b's burst is over
    Running garp = client.capture("arp and ether src " + hostA.mac());
    int mark = b.mark();

    Instant healed = Instant.now();
    hostA.connect();
    Instant demoted = b.await(mark, "transition BACKUP HIGHER_PRIORITY");
    garp.await(
        0,
        "gratuitous ARP of the winner",
        line -> line.contains("who-has " + VIP + " tell " + VIP),
        Duration.ofSeconds(1));
    Measured.report("partition heals: one master", Duration.between(healed, demoted));
    assertThat(Duration.between(healed, demoted)).isLessThan(Duration.ofMillis(600));
    assertThat(a.wrote(0, "transition BACKUP HIGHER")).isFalse();
    b.await(mark, "leaving HIGHER_PRIORITY");
    assertOnlyA();
  }

  @Test
  void anAddressThatSomethingRemovesIsPutBackAndInterfacesMayGoAndCome() {
    int mark = a.mark();
    hostA.ip("addr del " + VIP + "/24 dev eth0");
    a.await(mark, "warning " + VIP + " was removed from eth0");
    Await.until("the address is back", Duration.ofSeconds(1), () -> hostA.has(VIP));

    hostA.ip("link set eth0 down");
    a.await(mark, "transition INITIALIZE LINK_DOWN");
    a.await(mark, "lost LINK_DOWN");
    b.awaitMaster(0);
    int up = a.mark();
    hostA.ip("link set eth0 up");
    a.awaitMaster(up);

    int renumbered = a.mark();
    hostA.ip("addr del 10.77.0.11/24 dev eth0");
    a.await(renumbered, "transition INITIALIZE NO_LOCAL_ADDRESS");
    hostA.ip("addr add 10.77.0.13/24 dev eth0");
    a.awaitMaster(renumbered);
    hostA.ip("addr add 10.77.0.11/24 dev eth0");

    int gone = a.mark();
    hostA.unplug();
    a.await(gone, "transition INITIALIZE LINK_DOWN");
    hostA.plug();
    a.awaitMaster(gone);
    assertOnlyA();
  }

  @Test
  void sessionsThatDoNotEndDoNotHoldTheAddress() {
    a.say("stuck");
    int mark = a.mark();
    a.say("hang");
    Instant leaving = a.await(mark, "leaving HEARTBEAT_LOST");
    Instant left = a.await(mark, "transition INITIALIZE HEARTBEAT_LOST");
    assertThat(Duration.between(leaving, left)).isLessThan(Duration.ofMillis(450));
    assertThat(hostA.has(VIP)).isFalse();
    b.awaitMaster(0);
  }

  /** How many timers have fired in that node. */
  private static long timers(Node node) {
    int mark = node.mark();
    node.say("timers");
    String line = node.line(mark, "timers ");
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }
}
