package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.Balance;
import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PickerTest {
  private static final Optional<RouteKind> TO_PRIMARY = Optional.of(RouteKind.PRIMARY);
  private final WriteRouting routing =
      new WriteRouting(
          new WritePolicy(Duration.ofSeconds(15), Duration.ofSeconds(3), OnIsolation.HOLD));

  private RoutingTable table(Views views) {
    return RoutingTable.next(views.view(), Optional.empty(), routing);
  }

  private static Picker picker(RouteKind route, Balance balance, OptionalLong maxLag) {
    return new Picker(
        Pickers.listener(route, TO_PRIMARY, balance, maxLag), Optional.empty(), new Random(7));
  }

  private static String member(Pick pick) {
    return pick instanceof Pick.To to ? to.target().member() : pick.toString();
  }

  @ParameterizedTest
  @EnumSource(Balance.class)
  void sessionsAreSharedEvenlyBetweenEqualReplicas(Balance balance) {
    Picker picker = picker(RouteKind.REPLICA, balance, OptionalLong.empty());
    Map<String, Integer> sessions = fill(picker, table(Views.healthy()), 1000);
    assertThat(sessions.keySet()).containsExactlyInAnyOrder("pg2", "pg3");
    assertThat(sessions.get("pg2")).isBetween(450, 550);
  }

  @ParameterizedTest
  @EnumSource(
      value = Balance.class,
      names = {"LEAST_CONNECTIONS", "ROUND_ROBIN"})
  void weightsCount(Balance balance) {
    ListenerConfig listener =
        Pickers.listener(
            RouteKind.REPLICA,
            TO_PRIMARY,
            balance,
            OptionalLong.empty(),
            Map.of("pg2", 30, "pg3", 10),
            Duration.ZERO);
    Map<String, Integer> sessions =
        fill(new Picker(listener, Optional.empty(), new Random(7)), table(Views.healthy()), 1000);
    assertThat(sessions.get("pg2")).isBetween(700, 800);
  }

  @Test
  void aReplicaThatCameBackStartsSlowly() {
    Views views = Views.healthy().gone("pg3");
    RoutingTable without = table(views);
    views.later(Duration.ofSeconds(1)).replica("pg3");
    RoutingTable back = RoutingTable.next(views.view(), Optional.of(without), routing);
    views.later(Duration.ofSeconds(1)).replica("pg2").replica("pg3").primary("pg1");
    RoutingTable soon = RoutingTable.next(views.view(), Optional.of(back), routing);
    ListenerConfig listener =
        Pickers.listener(
            RouteKind.REPLICA,
            TO_PRIMARY,
            Balance.LEAST_CONNECTIONS,
            OptionalLong.empty(),
            Map.of(),
            Duration.ofSeconds(10));
    Map<String, Integer> sessions =
        fill(new Picker(listener, Optional.empty(), new Random(7)), soon, 1100);
    assertThat(sessions.get("pg3")).isBetween(80, 120);
    views.later(Duration.ofSeconds(20)).replica("pg2").replica("pg3").primary("pg1");
    RoutingTable late = RoutingTable.next(views.view(), Optional.of(soon), routing);
    assertThat(fill(new Picker(listener, Optional.empty(), new Random(7)), late, 1000).get("pg3"))
        .isBetween(450, 550);
  }

  @Test
  void replicasInTheSameZoneComeFirstUntilTheyAreFull() {
    Views views =
        Views.healthy()
            .replica("pg2", new Tags(Map.of("zone", "east")), 0)
            .replica("pg3", new Tags(Map.of("zone", "west")), 0);
    Picker near =
        new Picker(
            Pickers.listener(
                RouteKind.REPLICA, TO_PRIMARY, Balance.LEAST_CONNECTIONS, OptionalLong.empty()),
            Optional.of("west"),
            new Random(7));
    RoutingTable table = table(views);
    assertThat(fill(near, table, 100)).containsOnlyKeys("pg3");
    Load full = member -> member.equals("pg3") ? Integer.MAX_VALUE : 0;
    assertThat(member(near.pick(table, full, Set.of()))).isEqualTo("pg2");
    assertThat(member(near.pick(table, _ -> 0, Set.of("pg3")))).isEqualTo("pg2");
  }

  @Test
  void aSessionThatIsNotToBeOnThePrimaryMayHaveTheReplicas() {
    RoutingTable table = table(Views.healthy());
    Picker read = picker(RouteKind.REPLICA, Balance.LEAST_CONNECTIONS, OptionalLong.empty());
    assertThat(read.replicas(table)).containsExactlyInAnyOrder("pg2", "pg3");
    assertThat(read.replicas(table(alone()))).isEmpty();
    Picker any = picker(RouteKind.ANY, Balance.LEAST_CONNECTIONS, OptionalLong.empty());
    assertThat(any.replicas(table)).isEmpty();
  }

  private static Views alone() {
    Views views = new Views();
    return views.leader("pg1", 10, views.now()).primary("pg1");
  }

  private static Map<String, Integer> fill(Picker picker, RoutingTable table, int count) {
    Map<String, Integer> sessions = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Pick pick = picker.pick(table, member -> sessions.getOrDefault(member, 0), Set.of());
      sessions.merge(member(pick), 1, Integer::sum);
    }
    return sessions;
  }

  @Test
  void sessionsThatHadBetterBeElsewhere() {
    Picker read = picker(RouteKind.REPLICA, Balance.LEAST_CONNECTIONS, OptionalLong.of(200));
    RoutingTable table = table(Views.healthy());
    assertThat(read.surplus(table, Map.of("pg2", 12, "pg3", 9))).as("nearly even").isEmpty();
    assertThat(read.surplus(table, Map.of("pg2", 20, "pg3", 0))).isEqualTo(Map.of("pg2", 8));
    assertThat(read.surplus(table, Map.of("pg1", 10, "pg2", 0, "pg3", 0, "pg4", 3)))
        .as("the fallback, and one that has no key any more")
        .isEqualTo(Map.of("pg1", 10, "pg4", 3));
    assertThat(read.surplus(table, Map.of("pg1", 20_000, "pg2", 9_990, "pg3", 9_999)))
        .as("as many as there is room for")
        .isEqualTo(Map.of("pg1", 11));
    assertThat(read.surplus(table(alone()), Map.of("pg1", 10, "pg2", 5)))
        .as("there is no replica")
        .isEqualTo(Map.of("pg2", 5));

    Views lagging = Views.healthy().leaderLsn(1000).replica("pg2", Tags.NONE, 100);
    assertThat(
            read.surplus(table(lagging.replica("pg3", Tags.NONE, 900)), Map.of("pg2", 5, "pg3", 5)))
        .isEqualTo(Map.of("pg2", 5));
    Picker write = picker(RouteKind.PRIMARY, Balance.LEAST_CONNECTIONS, OptionalLong.empty());
    assertThat(write.surplus(table, Map.of("pg1", 10))).isEmpty();
  }

  @Test
  void aLaggingReplicaGetsNoNewSessions() {
    Views views = Views.healthy().leaderLsn(1000).replica("pg2", Tags.NONE, 100);
    views.replica("pg3", Tags.NONE, 900);
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.of(200));
    assertThat(fill(picker, table(views), 10)).containsOnlyKeys("pg3");
  }

  @Test
  void aReplicaThatDoesNotStreamGetsNoNewSessions() {
    for (RouteKind route : new RouteKind[] {RouteKind.REPLICA, RouteKind.ANY, RouteKind.ASYNC}) {
      Picker picker = picker(route, Balance.ROUND_ROBIN, OptionalLong.empty());
      Views views = Views.healthy().notStreaming("pg2");
      assertThat(fill(picker, table(views), 10)).doesNotContainKey("pg2").containsKey("pg3");
      assertThat(fill(picker, table(views.restFails("pg2")), 10))
          .as("its key says so")
          .doesNotContainKey("pg2");
      assertThat(fill(picker, table(views.replica("pg2")), 10)).containsKey("pg2");
    }
    ReadRouting replicas =
        new ReadRouting(
            Pickers.listener(
                RouteKind.REPLICA, TO_PRIMARY, Balance.ROUND_ROBIN, OptionalLong.empty()));
    RoutingTable table = table(Views.healthy().notStreaming("pg2"));
    assertThat(
            replicas.judge(table.view().member("pg2").orElseThrow(), table.view(), table.write()))
        .isEqualTo(ReadReason.NOT_STREAMING);
  }

  @Test
  void whileThereIsNoLeaderNoReplicaIsBlamedForNotStreaming() {
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    Views views = Views.healthy().notStreaming("pg2").notStreaming("pg3").noLeader();
    assertThat(fill(picker, table(views), 10)).containsOnlyKeys("pg2", "pg3");
  }

  @Test
  void noLoadBalanceIsHonoured() {
    Tags tags = new Tags(Map.of("noloadbalance", "true"));
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    assertThat(fill(picker, table(Views.healthy().replica("pg2", tags, 0)), 10))
        .containsOnlyKeys("pg3");
  }

  @Test
  void withoutReplicasTheFallbackServes() {
    Views views = Views.healthy().gone("pg2").gone("pg3");
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    Pick pick = picker.pick(table(views), _ -> 0, Set.of());
    assertThat(pick)
        .isInstanceOfSatisfying(Pick.To.class, to -> assertThat(to.asPrimary()).isTrue());
  }

  @Test
  void aReplicaThatRefusedIsNotPickedAgain() {
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    RoutingTable table = table(Views.healthy());
    assertThat(member(picker.pick(table, _ -> 0, Set.of("pg2")))).isEqualTo("pg3");
    assertThat(member(picker.pick(table, _ -> 0, Set.of("pg2", "pg3")))).isEqualTo("pg1");
    assertThat(picker.pick(table, _ -> 0, Set.of("pg1", "pg2", "pg3")))
        .isInstanceOf(Pick.Exhausted.class);
  }

  @Test
  void sessionsForPoolersGoToMembersThatHaveOne() {
    HostPort pooler = new HostPort("pg3.example", 6432);
    Target target = new Target("pg3", new HostPort("pg3.example", 5432));
    Views views = Views.healthy().pooler("pg3", pooler);
    Picker pooled =
        new Picker(
            Pickers.listener(
                RouteKind.REPLICA,
                TO_PRIMARY,
                Balance.ROUND_ROBIN,
                OptionalLong.empty(),
                Map.of(),
                Duration.ZERO,
                DialTarget.PROXY_URL),
            Optional.empty(),
            new Random(7));
    assertThat(pooled.pick(table(views), _ -> 0, Set.of()))
        .isEqualTo(new Pick.To(target, pooler, false));
    assertThat(pooled.replicas(table(views))).containsExactly("pg3");
    assertThat(pooled.leadsTo(table(views), target, pooler)).isTrue();
    assertThat(pooled.leadsTo(table(views), target, target.postgres())).isFalse();
    assertThat(pooled.leadsTo(table(Views.healthy()), target, pooler)).isFalse();
    RoutingTable none = table(Views.healthy());
    assertThat(pooled.pick(none, _ -> 0, Set.of()))
        .isEqualTo(new Pick.Wait(WriteReason.NO_PROXY_URL));
    Views primary = Views.healthy().pooler("pg1", pooler);
    assertThat(pooled.pick(table(primary), _ -> 0, Set.of()))
        .isInstanceOfSatisfying(Pick.To.class, to -> assertThat(to.address()).isEqualTo(pooler));
  }

  @Test
  void syncAndAsyncFollowPatroni() {
    RoutingTable table = table(Views.healthy().sync("pg2"));
    Picker sync = picker(RouteKind.SYNC, Balance.ROUND_ROBIN, OptionalLong.empty());
    Picker async = picker(RouteKind.ASYNC, Balance.ROUND_ROBIN, OptionalLong.empty());
    assertThat(fill(sync, table, 10)).containsOnlyKeys("pg2");
    assertThat(fill(async, table, 10)).containsOnlyKeys("pg3");
  }

  @Test
  void anyMeansEverybody() {
    Picker any = picker(RouteKind.ANY, Balance.ROUND_ROBIN, OptionalLong.empty());
    assertThat(fill(any, table(Views.healthy()), 9)).containsOnlyKeys("pg1", "pg2", "pg3");
  }

  @Test
  void aReplicaWhosePatroniIsSilentServesWhileItsKeyLives() {
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    Views views = Views.healthy().restFails("pg2");
    assertThat(fill(picker, table(views), 10)).containsOnlyKeys("pg2", "pg3");
    assertThat(fill(picker, table(views.keyGone("pg2")), 10)).containsOnlyKeys("pg3");
  }

  @Test
  void whenNobodyIsSeenTheLastWordStands() {
    Views views = Views.healthy().restFails("pg1").restFails("pg2").restFails("pg3");
    views.dcsLost(Duration.ofSeconds(60));
    Picker picker = picker(RouteKind.REPLICA, Balance.ROUND_ROBIN, OptionalLong.empty());
    assertThat(fill(picker, table(views), 10)).containsOnlyKeys("pg2", "pg3");
  }
}
