package io.trunkline.loadtest.failover;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.trunkline.loadtest.lab.Await;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.lab.LabOptions;
import io.trunkline.loadtest.lab.Member;
import io.trunkline.loadtest.lab.ProxyKind;
import io.trunkline.loadtest.lab.ProxyNode;
import io.trunkline.loadtest.lab.Stack;
import io.trunkline.loadtest.scenario.Scenario;
import io.trunkline.loadtest.scenario.Trial;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Patroni 4's {@code synchronous_mode: quorum}: every standby of the quorum counts as synchronous.
 */
@Tag("long")
class QuorumIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String LISTENERS =
      """
      listeners:
        - {name: write, bind: "0.0.0.0:5000", route: primary}
        - {name: read, bind: "0.0.0.0:5001", route: sync}
      """;

  @Test
  void aSwitchoverAndAFailoverLoseNothing() {
    LabOptions options =
        LabOptions.plain()
            .withStack(Stack.DEBIAN13)
            .withDcs("synchronous_mode", "quorum")
            .withTrunkline(LISTENERS)
            .withProxies(ProxyKind.TRUNKLINE);
    try (Lab lab = Lab.start(options)) {
      ProxyNode proxy = lab.proxy(1);
      lab.awaitServing(5000, SOON);
      awaitStandbys(lab, proxy);
      Trial switchover = Trial.run(Scenario.SWITCHOVER, lab, proxy);
      Expect.safe(switchover);
      Expect.nobodyRefused(switchover);
      awaitStandbys(lab, proxy);
      Trial failover = Trial.run(Scenario.PRIMARY_KILLED, lab, proxy);
      Expect.safe(failover);
      assertThat(failover.writes().readOnly()).isZero();
      awaitStandbys(lab, proxy);
    }
  }

  /** Until both replicas are synchronous, and take sessions as such. */
  private static void awaitStandbys(Lab lab, ProxyNode proxy) {
    Set<String> replicas =
        lab.replicas().stream().map(Member::name).collect(Collectors.toCollection(TreeSet::new));
    Await.until("both are synchronous", SOON, () -> eligible(proxy).equals(replicas));
  }

  private static Set<String> eligible(ProxyNode proxy) {
    Set<String> found = new TreeSet<>();
    for (JsonNode member : proxy.status().path("clusters").path(0).path("members")) {
      for (JsonNode read : member.path("reads")) {
        if (read.path("listener").asText().equals("read") && read.path("eligible").asBoolean()) {
          found.add(member.path("name").asText());
        }
      }
    }
    return found;
  }
}
