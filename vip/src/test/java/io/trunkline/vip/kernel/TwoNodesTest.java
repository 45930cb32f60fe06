package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two Trunkline nodes, version 3 at 300 ms. */
class TwoNodesTest {
  private static final String VIP = "10.77.0.210";
  private static final Duration FENCED = Duration.ofSeconds(3);
  private static final Duration REST = Duration.ofMillis(4900);
  private static final Duration TAKEN_OVER = Duration.ofMillis(1250);

  private Lab lab;
  private Host hostA;
  private Host hostB;
  private Node a;
  private Node b;

  @BeforeEach
  void elect() {
    lab = new Lab();
    hostA = lab.host("a", "10.77.0.11/24");
    hostB = lab.host("b", "10.77.0.12/24");
    a = Node.start(hostA, "priority=100", "vip=" + VIP + "/24");
    a.awaitMaster(0);
    b = Node.start(hostB, "priority=90", "vip=" + VIP + "/24");
    Await.pause(Duration.ofMillis(700));
    assertThat(hostA.has(VIP)).isTrue();
    assertThat(hostB.has(VIP)).isFalse();
    assertThat(b.wrote(0, "MASTER")).isFalse();
  }

  @AfterEach
  void clean() {
    lab.close();
  }

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
  void aReleaseHandsOverWithinOneSkewAndWithoutAGap() {
    int mark = a.mark();
    Instant asked = Instant.now();
    a.say("release");
    Instant taken = b.awaitMaster(0);
    Instant leaving = a.await(mark, "leaving RELEASED");
    a.await(mark, "released");
    Measured.report("release, 300 ms: takeover", Duration.between(asked, taken));
    // (256 - 90) * 300 ms / 256 = 195 ms, and what it takes to say so.
    assertThat(Duration.between(asked, taken)).isLessThan(Duration.ofMillis(300));
    // Each node says it a little later than it is so; with a gap it would be 195 ms.
    assertThat(leaving).isAfterOrEqualTo(taken.minusMillis(50));
    assertThat(hostA.has(VIP)).isFalse();
    assertThat(hostB.has(VIP)).isTrue();
    assertThat(a.wrote(mark, "lost ")).isFalse();

    a.say("resume");
    a.awaitMaster(mark);
    assertOnlyA();
  }

  @Test
  void anotherProcessOfTheHolderGoesOnAndNobodyNotices() {
    Node next = Node.start(hostA, "priority=100", "vip=" + VIP + "/24", "standby=true");
    Await.pause(Duration.ofMillis(700));
    assertThat(next.wrote(0, "transition")).as("before it inherits").isFalse();
    int mark = a.mark();
    try (Running addresses =
        hostA.exec(List.of("timeout", "60", "ip", "-o", "monitor", "address", "dev", "eth0"))) {
      Await.pause(Duration.ofMillis(200));

      a.say("pass on");
      a.await(mark, "left VipHandover[held=true, lease=0]");
      next.say("inherit");
      next.await(0, "transition MASTER INHERITED");
      a.say("quit");
      a.await(mark, "ended");
      Await.pause(Duration.ofSeconds(3));

      assertThat(addresses.lines()).noneMatch(line -> line.startsWith("Deleted"));
    }
    assertThat(a.wrote(mark, "lost ")).isFalse();
    assertThat(a.wrote(mark, "leaving ")).isFalse();
    assertThat(b.wrote(0, "MASTER")).isFalse();
    assertOnlyA();
    a = next;
  }

  @Test
  void anotherProcessOfABackupStaysABackup() {
    Node next = Node.start(hostB, "priority=90", "vip=" + VIP + "/24", "standby=true");
    b.say("pass on");
    b.await(0, "left VipHandover[held=false, lease=0]");
    next.say("inherit nothing");
    next.await(0, "transition BACKUP STARTED");
    b.say("quit");
    Await.pause(Duration.ofSeconds(2));
    assertOnlyA();
    b = next;
  }

  @Test
  void whatIsPassedOnToNobodyGoesToAnotherNode() {
    int mark = a.mark();
    Instant passedOn = Instant.now();
    a.say("pass on");
    a.await(mark, "left ");
    Measured.report("passed on to nobody: takeover", Duration.between(passedOn, b.awaitMaster(0)));
    fenced(hostA, passedOn);
  }

  @Test
  void aHolderThatDoesNotServeIsReplacedByOneThatDoes() {
    a.say("idle");
    b.awaitMaster(0);
    a.await(0, "transition BACKUP HIGHER_PRIORITY");
    b.say("idle");
    Await.pause(Duration.ofSeconds(3));
    assertThat(hostB.has(VIP)).isTrue();
    assertThat(hostA.has(VIP)).isFalse();
    int mark = a.mark();
    a.say("serve");
    a.awaitMaster(mark);
    Await.until("handover", Duration.ofSeconds(2), () -> !hostB.has(VIP) && hostA.has(VIP));
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

  /** Deleting an address sends nothing: its clients would wait for ever. */
  @Test
  void whoeverCameInThroughTheAddressIsTurnedAwayBeforeItGoes() {
    Host client = lab.host("c", "10.77.0.9/24");
    a.say("idle");
    b.awaitMaster(0);
    Await.until("one master", Duration.ofSeconds(2), () -> !hostA.has(VIP));
    Running connection = connect(client);
    int mark = b.mark();
    a.say("serve");
    b.await(mark, "leaving HIGHER_PRIORITY");
    connection.await(0, "the end of the connection", "ended"::equals, Duration.ofSeconds(1));
    b.await(mark, "transition BACKUP HIGHER_PRIORITY");
    assertOnlyA();

    Running other = connect(client);
    int hung = a.mark();
    a.say("hang");
    a.await(hung, "transition INITIALIZE HEARTBEAT_LOST");
    other.await(0, "the end of the connection", "ended"::equals, Duration.ofSeconds(1));
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

  @Test
  void onlyAHostThatGoesOnAnsweringForTheAddressIsWorthAWarning() {
    a.process().signal("STOP");
    b.awaitMaster(0);
    Await.pause(Duration.ofMillis(800));
    a.process().signal("CONT");
    a.await(0, "transition BACKUP STALLED");
    a.await(0, "transition MASTER PREEMPTED_LOWER");
    assertOnlyA();
    Host thief = lab.host("t", "10.77.0.66/24");
    Await.pause(Duration.ofSeconds(6));
    assertThat(a.wrote(0, "warning")).as("%s", a.process().lines()).isFalse();
    assertThat(b.wrote(0, "warning")).as("%s", b.process().lines()).isFalse();
    int mark = a.mark();
    thief.ip("addr add " + VIP + "/24 dev eth0");
    // It asks for a neighbour, and so says that the address is its own.
    thief.ip("route replace 10.77.0.12/32 dev eth0 src " + VIP);
    thief.exec(List.of("bash", "-c", "echo > /dev/udp/10.77.0.12/9"));
    a.await(mark, "warning " + VIP + " is also used by " + thief.mac());
  }

  /** How many timers have fired in that node. */
  private static long timers(Node node) {
    int mark = node.mark();
    node.say("timers");
    String line = node.line(mark, "timers ");
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static Running connect(Host client) {
    Running connection =
        client.exec(
            List.of(
                "bash",
                "-c",
                "exec 3<>/dev/tcp/%s/%d; echo connected; cat <&3; echo ended"
                    .formatted(VIP, Sessions.PORT)));
    connection.await(0, "a connection", "connected"::equals, Duration.ofSeconds(5));
    return connection;
  }

  private void assertOnlyA() {
    Await.until("one master", Duration.ofSeconds(2), () -> hostA.has(VIP) && !hostB.has(VIP));
    Await.pause(Duration.ofMillis(700));
    assertThat(hostA.has(VIP)).isTrue();
    assertThat(hostB.has(VIP)).isFalse();
  }

  private static Duration fenced(Host host, Instant since) {
    Await.until("removal by the kernel", Duration.ofSeconds(6), () -> !host.has(VIP));
    Duration took = Duration.between(since, Instant.now());
    assertThat(took).isLessThan(FENCED);
    return took;
  }
}
