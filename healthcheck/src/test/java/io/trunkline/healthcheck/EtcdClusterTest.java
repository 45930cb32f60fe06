package io.trunkline.healthcheck;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Configs;
import io.trunkline.config.EtcdConfig;
import io.trunkline.config.HostPort;
import io.trunkline.routing.ClusterView;
import io.trunkline.routing.DcsHealth;
import io.trunkline.routing.Event;
import io.trunkline.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With three real etcd members, some of which die or freeze. */
class EtcdClusterTest {
  private static final String P = Watched.PREFIX;

  @TempDir Path state;
  private EtcdLab etcd;

  @BeforeEach
  void start() {
    etcd = EtcdLab.start(3);
    etcd.put(P + "leader", "n1");
  }

  @AfterEach
  void stop() {
    etcd.close();
  }

  @Test
  void theLossOfOneMemberIsInvisible() {
    int lost = follower();
    try (Watched watched = watchFirst(lost)) {
      watched.await("etcd", Watched.connected().and(Watched.leader("n1")));
      watched.forgetViews();
      etcd.kill(lost);
      Await.pause(Duration.ofMillis(1500));
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", Duration.ofSeconds(2), Watched.leader("n2"));
      assertThat(watched.views())
          .allMatch(view -> view.dcs() instanceof DcsHealth.Connected)
          .allMatch(view -> view.leader().isPresent());
      assertThat(watched.events("etcd_endpoint_changed")).hasSizeBetween(1, 2);
      assertThat(watched.events("dcs_lost")).isEmpty();
    }
  }

  @Test
  void theLossOfTheRaftLeaderIsInvisible() {
    int lost = etcd.raftLeader();
    try (Watched watched = watchFirst((lost + 1) % 3)) {
      watched.await("etcd", Watched.connected().and(Watched.leader("n1")));
      watched.forgetViews();
      etcd.kill(lost);
      etcd.awaitHealthy();
      etcd.put(P + "leader", "n2");
      watched.await("n2 leads", Duration.ofSeconds(3), Watched.leader("n2"));
      assertThat(watched.views())
          .allMatch(view -> view.leader().isPresent())
          .allMatch(EtcdClusterTest::connectedOrUnansweredFor2s);
      System.out.println(
          "etcd leader killed: oldest confirmation "
              + watched.views().stream()
                  .map(EtcdClusterTest::age)
                  .max(Duration::compareTo)
                  .orElseThrow());
    }
  }

  @Test
  void aFrozenMemberHidesNothing() {
    int frozen = follower();
    try (Watched watched = watchFirst(frozen)) {
      watched.await("etcd", Watched.connected().and(Watched.leader("n1")));
      watched.forgetViews();
      etcd.freeze(frozen);
      try {
        for (int i = 2; i < 6; i++) {
          String name = "n" + i;
          etcd.put(P + "leader", name);
          watched.await(name + " leads", Duration.ofSeconds(3), Watched.leader(name));
        }
      } finally {
        etcd.thaw(frozen);
      }
      assertThat(watched.views()).allMatch(view -> view.dcs() instanceof DcsHealth.Connected);
      assertThat(watched.events("etcd_endpoint_changed")).hasSizeBetween(1, 2);
      assertThat(watched.events("dcs_lost")).isEmpty();
    }
  }

  @Test
  void theLossOfTheQuorumIsNoticedThoughConnectionsStayUp() {
    int first = follower();
    try (Watched watched = watchFirst(first)) {
      watched.await("etcd", Watched.connected().and(Watched.leader("n1")));
      List<Integer> others = others(first);
      others.forEach(etcd::freeze);
      long begin = System.nanoTime();
      ClusterView view;
      try {
        view = watched.await("etcd is lost", Duration.ofSeconds(6), Watched.lost());
        System.out.println(
            "quorum lost to view: " + (System.nanoTime() - begin) / 1_000_000 + " ms");
        assertThat(view.leader()).isPresent();
        assertThat(((DcsHealth.Lost) view.dcs()).confirmedAt()).isAfter(view.startedAt());
      } finally {
        others.forEach(etcd::thaw);
      }
      watched.await("etcd is back", Watched.connected());
      etcd.awaitHealthy();
      etcd.put(P + "leader", "n9");
      watched.await("n9 leads", Watched.leader("n9"));
      assertThat(watched.events("dcs_lost")).hasSize(1);
      assertThat(watched.events("dcs_recovered").stream().map(Event::severity))
          .containsExactly(Event.Severity.INFO);
    }
  }

  @Test
  void findsAnEndpointAmongDeadOnes() {
    List<HostPort> hosts = new ArrayList<>();
    hosts.add(new HostPort("127.0.0.1", 1));
    hosts.add(new HostPort("no-such-host.invalid", 2379));
    hosts.add(etcd.hosts().get(1));
    try (Watched watched = watch(hosts)) {
      watched.await("n1 leads", Watched.connected().and(Watched.leader("n1")));
    }
  }

  @Test
  void saysWhyNothingAnswers() {
    try (Watched watched = watch(List.of(new HostPort("127.0.0.1", 1)))) {
      assertThat(watched.awaitEvent("dcs_lost").fields().get("reason")).contains("127.0.0.1:1");
      assertThat(((DcsHealth.Lost) watched.last().dcs()).failure()).isNotEqualTo("no answer yet");
    }
  }

  /**
   * An election may take etcd longer than the two seconds that the observer waits for an answer.
   */
  private static boolean connectedOrUnansweredFor2s(ClusterView view) {
    return view.dcs() instanceof DcsHealth.Connected
        || age(view).compareTo(Duration.ofSeconds(2)) >= 0;
  }

  private static Duration age(ClusterView view) {
    return switch (view.dcs()) {
      case DcsHealth.Connected connected -> Duration.between(connected.confirmedAt(), view.at());
      case DcsHealth.Lost lost -> Duration.between(lost.confirmedAt(), view.at());
      case DcsHealth.Absent _ -> Duration.ZERO;
    };
  }

  private int follower() {
    return (etcd.raftLeader() + 1) % 3;
  }

  private static List<Integer> others(int member) {
    return List.of((member + 1) % 3, (member + 2) % 3);
  }

  private Watched watchFirst(int member) {
    List<HostPort> hosts = etcd.hosts();
    List<HostPort> ordered = new ArrayList<>(List.of(hosts.get(member)));
    others(member).forEach(other -> ordered.add(hosts.get(other)));
    return watch(ordered);
  }

  private Watched watch(List<HostPort> hosts) {
    EtcdConfig config = Configs.etcd(hosts);
    return new Watched(Optional.of(config), Watched.patroni(), state);
  }
}
