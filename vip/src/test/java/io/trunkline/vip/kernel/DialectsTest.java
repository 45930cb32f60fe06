package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
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
    String vips = "vip=fe80::210/64,2001:db8::210/64";
    String excluded = "excluded=10.77.0.210/24";
    Node a = Node.start(hostA, "priority=100", "interval=PT0.1S", vips, excluded);
    a.awaitMaster(0);
    Running advertisements = hostB.capture("icmp6 and ip6[40] == 136");
    Node b = Node.start(hostB, "priority=90", "interval=PT0.1S", vips, excluded);
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
    Node again = Node.start(hostA, "priority=100", "interval=PT0.1S", vips, excluded);
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

  /** Two VIPs' worth: more than one jump of the kernel's filter goes over. */
  @Test
  void ofHundredsOfAddressesEachIsWatched() {
    String addresses = addresses("10.77.1.");
    String excluded = addresses("10.77.2.");
    for (String contended : List.of("10.77.1.3", "10.77.1.250", "10.77.2.3", "10.77.2.250")) {
      hostB.ip("addr add " + contended + "/16 dev eth0");
    }
    Node a = Node.start(hostA, "priority=100", "vip=" + addresses, "excluded=" + excluded);
    a.awaitMaster(0);
    Await.until(
        "all",
        Duration.ofSeconds(5),
        () -> hostA.has("10.77.1.1") && hostA.has("10.77.1.250") && hostA.has("10.77.2.250"));
    a.await(0, "is also used by " + hostB.mac());
    Await.until(
        "four contended addresses",
        Duration.ofSeconds(5),
        () -> {
          int mark = a.mark();
          a.say("status");
          return Integer.parseInt(a.line(mark, "status").replaceAll(".*contended=(\\d+).*", "$1"))
              >= 4;
        });
  }

  private static String addresses(String prefix) {
    return IntStream.rangeClosed(1, 250)
        .mapToObj(i -> prefix + i + "/16")
        .collect(Collectors.joining(","));
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
