package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Advertising, listening and renewing allocates nothing at all, even with the first compiler only:
 * a master that nothing happens to gives the collector no reason to stop it.
 */
class SteadyStateTest {
  @Test
  void overIpv4() {
    nothingIsAllocated("10.77.0.1", "10.77.0.2", "vip=10.77.0.210/24", "interval=PT0.3S");
  }

  @Test
  void overIpv6() {
    nothingIsAllocated(
        "10.77.0.1",
        "10.77.0.2",
        "vip=2001:db8::210/64",
        "excluded=10.77.0.210/24",
        "interval=PT0.1S");
  }

  @Test
  void inVersion2WithAPasswordToUnicastPeers() {
    nothingIsAllocated(
        "10.77.0.1",
        "10.77.0.2",
        "vip=10.77.0.210/24",
        "version=2",
        "interval=PT1S",
        "pass=changeme",
        "duplicate=REFUSE",
        "peers=10.77.0.1,10.77.0.2");
  }

  private static void nothingIsAllocated(String ipA, String ipB, String... settings) {
    try (Lab lab = new Lab()) {
      Node master = start(lab.host("a", ipA + "/24"), "priority=100", settings);
      master.awaitMaster(0);
      Node backup = start(lab.host("b", ipB + "/24"), "priority=90", settings);
      List<Node> nodes = List.of(master, backup);
      // The first of everything links it, and a takeover is announced for a while; on a busy
      // machine
      // that takes longer.
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      List<Long> before;
      List<Long> after = List.of();
      do {
        before = after;
        Await.pause(Duration.ofSeconds(3));
        after = nodes.stream().map(SteadyStateTest::allocated).toList();
      } while (!after.equals(before) && System.nanoTime() - end < 0);
      assertThat(after).as("bytes at the end of three seconds more").isEqualTo(before);
      assertThat(backup.wrote(0, "MASTER")).isFalse();
    }
  }

  private static Node start(Host host, String priority, String... settings) {
    String[] all = new String[settings.length + 2];
    System.arraycopy(settings, 0, all, 0, settings.length);
    all[settings.length] = priority;
    all[settings.length + 1] = "garpdelay=PT0S";
    return Node.start(host, all);
  }

  private static long allocated(Node node) {
    int mark = node.mark();
    node.say("allocated");
    String line = node.line(mark, "allocated ");
    return Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
  }
}
