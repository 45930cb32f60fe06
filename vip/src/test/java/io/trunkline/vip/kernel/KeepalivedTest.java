package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Trunkline and keepalived in one group, each in both roles. */
class KeepalivedTest {
  private static final String VIP = "10.77.0.210";

  /** What keepalived writes when it does not understand a packet. */
  private static final List<String> COMPLAINTS =
      List.of("nvalid", "mismatch", "not present", "too short", "bad", "nknown");

  private Lab lab;
  private Host hostK;
  private Host hostT;

  @BeforeEach
  void hosts() {
    lab = new Lab();
    hostK = lab.host("k", "10.77.0.11/24");
    hostT = lab.host("t", "10.77.0.12/24");
  }

  @AfterEach
  void clean() {
    lab.close();
  }

  static Stream<Arguments> dialects() {
    List<Arguments> all =
        new ArrayList<>(
            List.of(
                Arguments.of(
                    "version 2 with PASS",
                    "authentication {\n auth_type PASS\n auth_pass changeme123\n }",
                    Duration.ofSeconds(1),
                    new String[] {"version=2", "pass=changeme123"}),
                Arguments.of(
                    "version 3", "version 3", Duration.ofMillis(300), new String[] {"version=3"}),
                Arguments.of(
                    "version 3, unicast",
                    "version 3\n unicast_peer {\n 10.77.0.12\n }",
                    Duration.ofMillis(300),
                    new String[] {"version=3", "peers=10.77.0.11"})));
    if (Keepalived.knows("v3_checksum_as_v2")) {
      all.add(
          Arguments.of(
              "version 3, checksum without pseudo-header",
              "version 3\n v3_checksum_as_v2",
              Duration.ofMillis(300),
              new String[] {"version=3", "asv2=true"}));
    } else {
      System.out.println(
          "this keepalived does not know v3_checksum_as_v2: only its captured packets are tested"
              + " (KEEPALIVED=/path/to/keepalived uses another one)");
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dialects")
  void understandEachOtherInBothRoles(
      String name, String dialect, Duration interval, String[] settings) {
    Running keepalived = hostK.keepalived(config(dialect, interval));
    Duration patience = interval.multipliedBy(5).plusSeconds(2);
    Await.until("keepalived is the master", patience, () -> hostK.has(VIP));

    // Trunkline as its backup, then its successor.
    Node node = Node.start(hostT, with(settings, interval, "priority=90"));
    Await.pause(interval.multipliedBy(5));
    assertThat(hostT.has(VIP)).isFalse();
    Instant stopped = Instant.now();
    keepalived.terminate();
    Measured.report(
        name + ": keepalived stops, takeover", Duration.between(stopped, node.awaitMaster(0)));

    // keepalived comes back and preempts.
    int mark = node.mark();
    Running again = hostK.keepalived(config(dialect, interval));
    node.await(mark, "transition BACKUP HIGHER_PRIORITY");
    Await.until("one master", patience, () -> hostK.has(VIP) && !hostT.has(VIP));

    // Trunkline with the higher priority preempts, and hands over when it stops.
    node.say("quit");
    node.await(mark, "ended");
    Node higher = Node.start(hostT, with(settings, interval, "priority=110"));
    higher.awaitMaster(0);
    Await.until("one master", patience, () -> hostT.has(VIP) && !hostK.has(VIP));
    Await.pause(interval.multipliedBy(4));
    assertThat(hostK.has(VIP)).isFalse();
    Instant asked = Instant.now();
    higher.say("release");
    Await.until("keepalived takes over", patience, () -> hostK.has(VIP));
    Measured.report(
        name + ": Trunkline released, takeover by keepalived",
        Duration.between(asked, Instant.now()));
    higher.await(0, "released");
    assertThat(hostT.has(VIP)).isFalse();

    for (String complaint : COMPLAINTS) {
      assertThat(again.lines()).noneMatch(line -> line.contains(complaint));
    }
    higher.say("status");
    assertThat(higher.line(0, "status").replaceAll(".*rejected=\\{([^}]*)}.*", "$1"))
        .contains("CHECKSUM=0")
        .doesNotContainPattern("=[1-9]");
  }

  /**
   * What a group has that is moved node by node: addresses that are not advertised, and the same
   * router id for IPv4 and IPv6. A node that advertised other addresses than keepalived does would
   * be a second master.
   */
  @Test
  void excludedAddressesMoveAndBothFamiliesHaveTheSameRouterId() {
    List<String> all =
        List.of(VIP, "10.77.0.220", "2001:db8::210", "fe80::230", "2001:db8::230", "10.77.0.230");
    Duration patience = Duration.ofSeconds(6);
    Running keepalived = hostK.keepalived(twoFamilies());
    Await.until("keepalived has all", patience, () -> all.stream().allMatch(hostK::has));

    String[] settings = {
      "vip=" + VIP + "/24",
      "excluded=10.77.0.220/24,2001:db8::210/64,10.77.0.230/32",
      "second=fe80::230/64,2001:db8::230/64"
    };
    Node node = Node.start(hostT, with(settings, Duration.ofMillis(300), "priority=90"));
    Await.pause(Duration.ofSeconds(2));
    assertThat(node.wrote(0, "MASTER")).isFalse();

    keepalived.terminate();
    Await.until("Trunkline has all", patience, () -> all.stream().allMatch(hostT::has));
    Running again = hostK.keepalived(twoFamilies());
    Await.until("keepalived has all", patience, () -> all.stream().allMatch(hostK::has));
    Await.until("and nobody else", patience, () -> all.stream().noneMatch(hostT::has));
    Await.pause(Duration.ofSeconds(2));
    assertThat(all).noneMatch(hostT::has);

    for (String complaint : COMPLAINTS) {
      assertThat(again.lines()).noneMatch(line -> line.contains(complaint));
    }
    node.say("status");
    assertThat(node.line(0, "status").replaceAll(".*rejected=\\{([^}]*)}.*", "$1"))
        .contains("ADDRESS_LIST=0")
        .doesNotContainPattern("=[1-9]");
  }

  private static String twoFamilies() {
    return """
    vrrp_instance VI_1 {
        state BACKUP
        interface eth0
        virtual_router_id 51
        priority 100
        advert_int 0.3
        version 3
        virtual_ipaddress {
            10.77.0.210/24
        }
        virtual_ipaddress_excluded {
            10.77.0.220/24
            2001:db8::210/64
            10.77.0.230/32
        }
    }
    vrrp_instance VI_6 {
        state BACKUP
        interface eth0
        virtual_router_id 51
        priority 100
        advert_int 0.3
        version 3
        virtual_ipaddress {
            fe80::230/64
            2001:db8::230/64
        }
    }
    """;
  }

  private static String[] with(String[] settings, Duration interval, String priority) {
    return Stream.concat(
            Stream.of(settings), Stream.of("interval=" + interval, priority, "vip=" + VIP + "/24"))
        .toArray(String[]::new);
  }

  private static String config(String dialect, Duration interval) {
    return """
    vrrp_instance VI_1 {
        state BACKUP
        interface eth0
        virtual_router_id 51
        priority 100
        advert_int %s
        %s
        virtual_ipaddress {
            %s/24
        }
    }
    """
        .formatted(interval.toMillis() / 1000.0, dialect, VIP);
  }
}
