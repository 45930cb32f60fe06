package io.trunkline.vip.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.testing.Await;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Two Trunkline nodes, version 3 at 300 ms; the first holds the address. */
abstract class TwoNodes {
  static final String VIP = "10.77.0.210";
  private static final Duration FENCED = Duration.ofSeconds(3);

  Lab lab;
  Host hostA;
  Host hostB;
  Node a;
  Node b;

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

  void assertOnlyA() {
    Await.until("one master", Duration.ofSeconds(2), () -> hostA.has(VIP) && !hostB.has(VIP));
    Await.pause(Duration.ofMillis(700));
    assertThat(hostA.has(VIP)).isTrue();
    assertThat(hostB.has(VIP)).isFalse();
  }

  static Duration fenced(Host host, Instant since) {
    Await.until("removal by the kernel", Duration.ofSeconds(6), () -> !host.has(VIP));
    Duration took = Duration.between(since, Instant.now());
    assertThat(took).isLessThan(FENCED);
    return took;
  }
}
