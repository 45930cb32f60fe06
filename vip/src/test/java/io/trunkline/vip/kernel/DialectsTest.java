package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** IPv6, the two checksums, and what a node says when it may not do its work. */
class DialectsTest {
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
  void ipv6AddressesMoveWithNeighbourAdvertisements() {
    String vips = "vip=fe80::210/64,2001:db8::210/64,10.77.0.210/24";
    Node a = Node.start(hostA, "priority=100", "interval=PT0.1S", vips);
    a.awaitMaster(0);
    Running advertisements = hostB.capture("icmp6 and ip6[40] == 136");
    Node b = Node.start(hostB, "priority=90", "interval=PT0.1S", vips);
    Await.pause(Duration.ofMillis(700));
    assertThat(b.wrote(0, "MASTER")).isFalse();
    assertThat(hostA.has("2001:db8::210")).isTrue();
    assertThat(hostA.has(VIP)).isTrue();

    Instant killed = Instant.now();
    a.process().signal("KILL");
    Measured.report("kill -9, IPv6, 100 ms: takeover", Duration.between(killed, b.awaitMaster(0)));
    Await.until("fenced", Duration.ofSeconds(4), () -> !hostA.has("2001:db8::210"));
    Duration fenced = Duration.between(killed, Instant.now());
    Measured.report("kill -9, IPv6: address gone from the dead node", fenced);
    assertThat(fenced).isLessThan(Duration.ofSeconds(3));

    int mark = advertisements.mark();
    Node again = Node.start(hostA, "priority=100", "interval=PT0.1S", vips);
    again.awaitMaster(0);
    advertisements.await(
        mark,
        "unsolicited neighbour advertisement",
        line -> line.contains("tgt is 2001:db8::210"),
        Duration.ofSeconds(2));
    b.await(0, "transition BACKUP HIGHER_PRIORITY");
    Await.until("one master", Duration.ofSeconds(2), () -> !hostB.has("2001:db8::210"));
  }

  @Test
  void nodesThatDisagreeOnTheChecksumAgreeOnTheMaster() {
    Node a = Node.start(hostA, "priority=100", "asv2=true", "vip=" + VIP + "/24");
    Node b = Node.start(hostB, "priority=90", "asv2=false", "vip=" + VIP + "/24");
    a.awaitMaster(0);
    Await.pause(Duration.ofSeconds(2));
    assertThat(hostA.has(VIP)).isTrue();
    assertThat(hostB.has(VIP)).isFalse();
    a.process().signal("KILL");
    b.awaitMaster(0);
  }

  @Test
  void itNeedsTwoCapabilitiesAndNothingElse() {
    Node able = unprivileged("+net_raw,+net_admin");
    able.awaitMaster(0);
    assertThat(hostA.has(VIP)).isTrue();
    able.say("quit");
    able.await(0, "ended");

    assertThat(unprivileged("+net_admin").line(0, "failed")).contains("lacks CAP_NET_RAW");
    assertThat(unprivileged("+net_raw").line(0, "failed")).contains("lacks CAP_NET_ADMIN");
    assertThat(
            Node.startUnchecked(hostA, List.of(), "interface=enp0s9", "vip=" + VIP + "/24")
                .line(0, "failed"))
        .contains("there is no interface enp0s9: this host has lo, eth0");
  }

  @Test
  void anAddressOfAnotherHostIsReported() {
    hostB.ip("addr add " + VIP + "/24 dev eth0");
    Node a = Node.start(hostA, "priority=100", "interval=PT0.1S", "vip=" + VIP + "/24");
    a.awaitMaster(0);
    a.await(0, "warning " + VIP + " is also used by " + hostB.mac());
  }

  private Node unprivileged(String capabilities) {
    List<String> through =
        List.of(
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=" + capabilities,
            "--ambient-caps=" + capabilities);
    return Node.startUnchecked(hostA, through, "interval=PT0.1S", "vip=" + VIP + "/24");
  }
}
