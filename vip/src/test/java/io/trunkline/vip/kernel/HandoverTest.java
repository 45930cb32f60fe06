package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The address moves, or stays, because a node says so. */
class HandoverTest extends TwoNodes {

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
}
