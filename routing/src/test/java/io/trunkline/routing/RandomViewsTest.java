package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.routing.SentinelAnswer.Access;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What must hold whatever a cluster looks like: random histories of views, one decision each. */
class RandomViewsTest {
  private static final int STEPS = 4000;
  private static final Duration GRACE = Duration.ofSeconds(3);
  private static final List<String> NAMES = List.of("pg1", "pg2", "pg3", "pg4");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
  void decisionsAreSafe(long seed) {
    Random random = new Random(seed);
    WriteRouting routing =
        new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.HOLD));
    Views views = Views.healthy();
    WriteDecision decision = WriteDecision.initial(Views.START);
    for (int step = 0; step < STEPS; step++) {
      mutate(views, random, step);
      ClusterView view = views.view();
      WriteDecision before = decision;
      WriteDecision after = routing.decide(view, before);
      decision = after;
      String at = "seed " + seed + " step " + step + ": ";
      Supplier<String> where = () -> at + after + " of " + view;
      targetIsTheOwner(decision, where);
      keyOutranksEverybody(view, decision, where);
      ownerChangesOnlyByEvidence(view, before, decision, where);
      nothingIsHeldWithoutAReason(view, decision, where);
      aContradictedLeaderGetsNoWriters(view, decision, where);
      if (decision.reason() == WriteReason.STANDBYS_STREAM) {
        assertThat(view.dcs()).as(where).isNotInstanceOf(DcsHealth.Connected.class);
        assertThat(decision.owner()).as(where).isEqualTo(before.owner());
      }
    }
  }

  private static void targetIsTheOwner(WriteDecision decision, Supplier<String> where) {
    if (decision.target().isPresent()) {
      assertThat(decision.owner()).as(where).contains(decision.target().get().member());
      assertThat(decision.blocked()).as(where).isFalse();
    }
  }

  /** With a quorum, nobody but the member the key names is ever written to. */
  private static void keyOutranksEverybody(
      ClusterView view, WriteDecision decision, Supplier<String> where) {
    if (view.dcs() instanceof DcsHealth.Connected && decision.target().isPresent()) {
      boolean maintenance = decision.reason() == WriteReason.MAINTENANCE;
      if (!maintenance) {
        assertThat(view.leader().map(LeaderKey::member))
            .as(where)
            .contains(decision.target().get().member());
      }
      assertThat(view.mark().regression()).as(where).isEmpty();
    }
  }

  /** A superseded member never becomes the owner again without the key or its own lock. */
  private static void ownerChangesOnlyByEvidence(
      ClusterView view, WriteDecision before, WriteDecision after, Supplier<String> where) {
    if (after.owner().equals(before.owner()) || after.owner().isEmpty()) {
      return;
    }
    String owner = after.owner().get();
    boolean byKey = view.leader().map(LeaderKey::member).equals(Optional.of(owner));
    boolean byLock =
        view.member(owner).flatMap(member -> member.rest().last()).stream()
            .anyMatch(RestAnswer::holdsLock);
    assertThat(view.dcs() instanceof DcsHealth.Connected ? byKey : byLock).as(where).isTrue();
  }

  private static void nothingIsHeldWithoutAReason(
      ClusterView view, WriteDecision decision, Supplier<String> where) {
    boolean quorum = view.dcs() instanceof DcsHealth.Connected;
    Optional<Member> leader = view.leader().flatMap(key -> view.member(key.member()));
    boolean clear =
        quorum
            && view.failover().isEmpty()
            && view.mark().regression().isEmpty()
            && leader.isPresent()
            && leader.get().rest().failure().isEmpty()
            && leader.get().rest().askedSince(view.leader().get().since()).isPresent()
            && leader.get().rest().last().get().role() == Role.PRIMARY
            && Writability.contradiction(leader.get(), view.leader().get().since(), view.at())
                .isEmpty();
    if (clear) {
      assertThat(decision.state()).as(where).isEqualTo(WriteState.OPEN);
    }
  }

  private static void aContradictedLeaderGetsNoWriters(
      ClusterView view, WriteDecision decision, Supplier<String> where) {
    if (view.dcs() instanceof DcsHealth.Connected && view.leader().isPresent()) {
      LeaderKey key = view.leader().get();
      view.member(key.member())
          .flatMap(leader -> Writability.contradiction(leader, key.since(), view.at()))
          .ifPresent(_ -> assertThat(decision.target()).as(where).isEmpty());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 5, 8, 13})
  void aReadNeverGoesNowhereWhileAMemberIsEligible(long seed) {
    Random random = new Random(seed);
    WriteRouting routing =
        new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.HOLD));
    Views views = Views.healthy();
    Optional<RoutingTable> table = Optional.empty();
    for (int step = 0; step < STEPS; step++) {
      mutate(views, random, step);
      ClusterView view = views.view();
      table = Optional.of(RoutingTable.next(view, table, routing));
      String at = "seed " + seed + " step " + step + ": ";
      Pickers.checkEveryKind(table.get(), random, () -> at + view);
    }
  }

  static void mutate(Views views, Random random, int step) {
    String name = NAMES.get(random.nextInt(NAMES.size()));
    switch (random.nextInt(21)) {
      case 0 -> views.noLeader();
      case 1, 2 -> views.leader(name, 10L + step, views.now());
      case 3 -> views.primary(name);
      case 4, 5 -> views.replica(name);
      case 6 -> views.replica(name, new Tags(java.util.Map.of("noloadbalance", "true")), step);
      case 7 -> views.dcsLost(Duration.ofMillis(random.nextInt(6000)));
      case 8, 9 -> views.at(views.now()).dcsBack();
      case 10 ->
          views.failover(
              new FailoverKey(Optional.of(name), Optional.empty(), Optional.empty(), views.now()));
      case 11 -> views.noFailover();
      case 12 -> views.knownRestFails(name);
      case 13 ->
          views.mark(
              random.nextBoolean()
                  ? TimelineMark.NONE
                  : new TimelineMark(
                      "sys",
                      2,
                      Optional.of("pg1"),
                      Optional.of(new TimelineMark.Regression(name, 1)),
                      random.nextBoolean()));
      case 14 -> views.gone(name);
      case 16 -> views.knownSentinel(name, Access.READ_WRITE);
      case 17 -> views.knownSentinel(name, List.of(Access.values()).get(random.nextInt(4)));
      case 18 -> views.knownStandbySeen(name);
      case 19 -> {
        views.at(views.now().plusSeconds(4)).dcsLost(Duration.ofSeconds(4));
        NAMES.forEach(each -> views.knownStreams(each, name, 1));
        views.knownSentinel(name, Access.READ_WRITE);
      }
      default -> views.leaderLsn(step * 1000L);
    }
    views.later(Duration.ofMillis(random.nextInt(800)));
  }
}
