package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig.OnIsolation;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class WriteRoutingTest {
  private static final Duration GRACE = Duration.ofSeconds(3);
  private final WriteRouting routing =
      new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.HOLD));
  private final WriteDecision initial = WriteDecision.initial(Views.START);

  private WriteDecision open() {
    return routing.decide(Views.healthy().view(), initial);
  }

  private static void assertHolds(WriteDecision decision, WriteReason reason, boolean blocked) {
    assertThat(decision.state()).isEqualTo(WriteState.HOLDING);
    assertThat(decision.reason()).isEqualTo(reason);
    assertThat(decision.target()).isEmpty();
    assertThat(decision.blocked()).isEqualTo(blocked);
  }

  private static void assertTarget(WriteDecision decision, WriteState state, String member) {
    assertThat(decision.state()).isEqualTo(state);
    assertThat(decision.target()).map(Target::member).contains(member);
    assertThat(decision.owner()).contains(member);
    assertThat(decision.blocked()).isFalse();
  }

  @Test
  void writesGoToTheLeaderThatIsWritable() {
    assertTarget(open(), WriteState.OPEN, "pg1");
    assertThat(open().reason()).isEqualTo(WriteReason.LEADER_KEY_AND_REST);
  }

  @Test
  void aDecisionThatDoesNotChangeKeepsItsBeginning() {
    WriteDecision first = open();
    ClusterView later = Views.healthy().later(Duration.ofSeconds(5)).view();
    assertThat(routing.decide(later, first)).isSameAs(first);
  }

  @Test
  void withoutALeaderEverybodyWaitsAndTheLastPrimaryIsPaused() {
    WriteDecision held = routing.decide(Views.healthy().noLeader().view(), open());
    assertHolds(held, WriteReason.NO_LEADER, true);
    assertThat(held.owner()).contains("pg1");
    assertThat(held.owner()).contains("pg1");
  }

  @Test
  void aNewLeaderSupersedesBeforeItIsWritable() {
    Views views = Views.healthy();
    views.leader("pg2", 200, views.now());
    views.later(Duration.ofMillis(5));
    WriteDecision held = routing.decide(views.view(), open());
    assertHolds(held, WriteReason.LEADER_NOT_WRITABLE, false);
    assertThat(held.owner()).contains("pg2");
  }

  @Test
  void whatALeaderSaidBeforeItHadTheKeyDoesNotCount() {
    Views views = Views.healthy().primary("pg2");
    views.later(Duration.ofMillis(5));
    views.leader("pg2", 200, views.now());
    assertHolds(routing.decide(views.view(), open()), WriteReason.LEADER_NOT_WRITABLE, false);
    views.primary("pg2");
    assertTarget(routing.decide(views.view(), open()), WriteState.OPEN, "pg2");
  }

  @Test
  void aSilentRestApiLeavesTheKeyToDecide() {
    Views views = Views.healthy().restFails("pg1").later(Duration.ofSeconds(60));
    views.leader("pg1", 50, views.now());
    WriteDecision decision = routing.decide(views.view(), initial);
    assertTarget(decision, WriteState.OPEN, "pg1");
    assertThat(decision.reason()).isEqualTo(WriteReason.LEADER_KEY_ALONE);
  }

  @Test
  void aMemberKeyFromBeforeTheLeaderKeyDoesNotCount() {
    Views views = Views.healthy().restFails("pg1").later(Duration.ofSeconds(60));
    views.leader("pg1", 500, views.now());
    assertHolds(routing.decide(views.view(), initial), WriteReason.LEADER_UNCONFIRMED, false);
  }

  @Test
  void aDueSwitchoverHoldsNewSessionsAndLeavesTheOldOnes() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(Optional.of("pg1"), Optional.of("pg2"), Optional.empty(), views.now()));
    WriteDecision switching = routing.decide(views.view(), open());
    assertThat(switching.state()).isEqualTo(WriteState.SWITCHING);
    assertThat(switching.target()).isEmpty();
    assertThat(switching.blocked()).isFalse();
    assertTarget(routing.decide(views.noFailover().view(), switching), WriteState.OPEN, "pg1");
  }

  @Test
  void aScheduledSwitchoverChangesNothingUntilItIsDue() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(
            Optional.of("pg1"),
            Optional.empty(),
            Optional.of(views.now().plusSeconds(10)),
            views.now()));
    assertTarget(routing.decide(views.view(), open()), WriteState.OPEN, "pg1");
    views.later(Duration.ofSeconds(11));
    assertThat(routing.decide(views.view(), open()).state()).isEqualTo(WriteState.SWITCHING);
  }

  @Test
  void aSwitchoverThatDoesNotHappenDoesNotHoldForEver() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(
            Optional.of("pg1"), Optional.empty(), Optional.empty(), views.now().minusSeconds(16)));
    WriteDecision decision = routing.decide(views.view(), open());
    assertTarget(decision, WriteState.OPEN, "pg1");
    assertThat(decision.reason()).isEqualTo(WriteReason.SWITCHOVER_OVERDUE);
  }

  @Test
  void aSwitchoverThatWasScheduledLongAgoHoldsWhenItComesDue() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(
            Optional.of("pg1"),
            Optional.empty(),
            Optional.of(views.now().plusSeconds(3600)),
            views.now()));
    views.later(Duration.ofSeconds(3601)).primary("pg1");
    assertThat(routing.decide(views.view(), open()).state()).isEqualTo(WriteState.SWITCHING);
  }

  @Test
  void anOverwrittenKeyIsNotConfirmedByAnOlderWord() {
    Views views = Views.healthy().restFails("pg1").later(Duration.ofSeconds(60));
    views.leaderOverwritten("pg1", 10, 500, views.now());
    assertHolds(routing.decide(views.view(), initial), WriteReason.LEADER_UNCONFIRMED, false);
  }

  @Test
  void withoutEtcdAnotherPrimaryMustProveThatItWasPromoted() {
    Views views = Views.healthy();
    views.leader("pg2", 200, views.now());
    WriteDecision towardsPg2 = routing.decide(views.view(), open());
    assertThat(towardsPg2.owner()).contains("pg2");
    views.gone("pg2").dcsLost(Duration.ofSeconds(30));
    assertHolds(routing.decide(views.view(), towardsPg2), WriteReason.TIMELINE_REGRESSION, true);
    views.mark(new TimelineMark("sys", 1, Optional.of("pg1"), Optional.empty(), false));
    assertTarget(routing.decide(views.view(), towardsPg2), WriteState.DEGRADED, "pg1");
  }

  @Test
  void isolationDoesNotOpenWhatWasHeldBefore() {
    WriteRouting keeping =
        new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.KEEP));
    Views views = Views.healthy();
    WriteDecision held = keeping.decide(views.noLeader().view(), open());
    views.dcsLost(Duration.ZERO).restFails("pg1").restFails("pg2").restFails("pg3");
    views.later(Duration.ofSeconds(10));
    WriteDecision isolated = keeping.decide(views.view(), held);
    assertThat(isolated.state()).isEqualTo(WriteState.ISOLATED);
    assertThat(isolated.target()).isEmpty();
    assertThat(isolated.blocked()).isTrue();
  }

  @Test
  void inMaintenanceNeitherALostKeyNorALostMemberNorALostEtcdMatters() {
    Views views = Views.healthy().noLeader().maintenance().gone("pg1");
    assertTarget(routing.decide(views.view(), open()), WriteState.OPEN, "pg1");
    Views withoutEtcd =
        Views.healthy().maintenance().withoutLock("pg1").dcsLost(Duration.ofMinutes(1));
    assertTarget(routing.decide(withoutEtcd.view(), open()), WriteState.DEGRADED, "pg1");
  }

  @Test
  void aSwitchoverThatHasHappenedHoldsNobody() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(Optional.empty(), Optional.of("pg1"), Optional.empty(), views.now()));
    assertTarget(routing.decide(views.view(), open()), WriteState.OPEN, "pg1");
  }

  @Test
  void withoutEtcdPatroniIsBelievedWhileMostMembersAreSeen() {
    Views views = Views.healthy().dcsLost(Duration.ofSeconds(30));
    assertTarget(routing.decide(views.view(), open()), WriteState.DEGRADED, "pg1");
  }

  @Test
  void withoutEtcdTwoPrimariesGetNothingNew() {
    Views views = Views.healthy().primary("pg2").dcsLost(Duration.ofSeconds(30));
    assertHolds(routing.decide(views.view(), open()), WriteReason.TWO_PRIMARIES, true);
  }

  @Test
  void withoutEtcdAPrimaryOnANewerTimelineSucceedsOneThatAnswersNoMore() {
    Views views = Views.healthy().dcsAbsent().later(Duration.ofMillis(500));
    views.member("pg2", Role.PRIMARY, 2, Tags.NONE, 0);
    views.mark(new TimelineMark("sys", 2, Optional.of("pg2"), Optional.empty(), false));
    assertHolds(routing.decide(views.view(), open()), WriteReason.TWO_PRIMARIES, true);

    views.restFails("pg1");
    assertTarget(routing.decide(views.view(), open()), WriteState.OPEN, "pg2");

    Views sameTimeline = Views.healthy().dcsAbsent().later(Duration.ofMillis(500));
    sameTimeline.primary("pg2").restFails("pg1");
    assertHolds(routing.decide(sameTimeline.view(), open()), WriteReason.TWO_PRIMARIES, true);
  }

  @Test
  void withoutEtcdAPrimaryBehindTheMarkGetsNothing() {
    Views views = Views.healthy().dcsLost(Duration.ofSeconds(30));
    views.mark(new TimelineMark("sys", 2, Optional.of("pg2"), Optional.empty(), false));
    assertHolds(routing.decide(views.view(), open()), WriteReason.TIMELINE_REGRESSION, true);
  }

  @Test
  void aPrimaryThatWasCalledByItsAddressUntilItWasNamedIsNoSuccessor() {
    Views views = Views.healthy().dcsAbsent();
    String address = "pg1.example:8008";
    views.mark(new TimelineMark("sys", 1, Optional.of(address), Optional.empty(), false));
    WriteDecision unnamed = byRest(views, address);
    assertTarget(routing.decide(views.view(), unnamed), WriteState.OPEN, "pg1");
    assertHolds(
        routing.decide(views.view(), byRest(views, "pg9.example:8008")),
        WriteReason.TIMELINE_REGRESSION,
        true);
  }

  @Test
  void withoutEtcdAMemberThatTheKeyHasLeftNeedsANewTimeline() {
    Views views = Views.healthy().dcsLost(Duration.ofSeconds(30));
    views.mark(new TimelineMark("sys", 1, Optional.of("pg1"), Optional.empty(), true));
    assertHolds(
        routing.decide(views.view(), byRest(views, "pg2")), WriteReason.TIMELINE_REGRESSION, true);
    assertHolds(routing.decide(views.view(), open()), WriteReason.TIMELINE_REGRESSION, true);

    views.mark(new TimelineMark("sys", 1, Optional.of("pg1"), Optional.empty(), false));
    assertTarget(routing.decide(views.view(), open()), WriteState.DEGRADED, "pg1");
    assertTarget(routing.decide(views.view(), byRest(views, "pg2")), WriteState.DEGRADED, "pg1");
  }

  @Test
  void withoutEtcdAPrimaryOnATimelineThatAnotherMemberBeganGetsNothing() {
    Views views = Views.healthy().dcsLost(Duration.ofSeconds(30));
    WriteDecision started = WriteDecision.initial(views.now());
    assertTarget(routing.decide(views.view(), started), WriteState.DEGRADED, "pg1");
    views.mark(new TimelineMark("sys", 1, Optional.of("pg2"), Optional.empty(), false));
    assertHolds(routing.decide(views.view(), started), WriteReason.TIMELINE_REGRESSION, false);
    views.mark(new TimelineMark("sys", 1, Optional.of("pg9"), Optional.empty(), false));
    assertTarget(routing.decide(views.view(), started), WriteState.DEGRADED, "pg1");
  }

  /** Isolated since the last primary was that one. */
  private static WriteDecision byRest(Views views, String owner) {
    return new WriteDecision(
        WriteState.ISOLATED,
        WriteReason.OUT_OF_SIGHT,
        Optional.empty(),
        Optional.of(owner),
        true,
        views.now());
  }

  @Test
  void outOfSightWritesGoOnForTheGraceAndAreThenHeld() {
    Views views = Views.healthy();
    views.dcsLost(Duration.ZERO).restFails("pg2").restFails("pg3");
    views.later(Duration.ofSeconds(2));
    WriteDecision within = routing.decide(views.view(), open());
    assertTarget(within, WriteState.DEGRADED, "pg1");
    views.later(Duration.ofSeconds(2)).primary("pg1");
    WriteDecision isolated = routing.decide(views.view(), within);
    assertThat(isolated.state()).isEqualTo(WriteState.ISOLATED);
    assertThat(isolated.target()).isEmpty();
    assertThat(isolated.blocked()).isTrue();
    assertThat(isolated.owner()).contains("pg1");
  }

  @Test
  void onIsolationKeepKeepsTheLastPrimary() {
    WriteRouting keeping =
        new WriteRouting(new WritePolicy(Duration.ofSeconds(15), GRACE, OnIsolation.KEEP));
    Views views = Views.healthy();
    views.dcsLost(Duration.ZERO).restFails("pg1").restFails("pg2").restFails("pg3");
    views.later(Duration.ofSeconds(10));
    assertTarget(keeping.decide(views.view(), open()), WriteState.ISOLATED, "pg1");
  }

  @Test
  void aFreshStartWaitsForSightInsteadOfGuessing() {
    Views views = Views.healthy();
    views.at(Views.START.plusSeconds(1)).dcsLost(Duration.ofSeconds(1));
    views.restFails("pg1").restFails("pg2").restFails("pg3");
    Views empty = new Views().at(Views.START.plusMillis(10)).dcsLost(Duration.ZERO);
    assertHolds(routing.decide(empty.view(), initial), WriteReason.STARTING, false);
  }

  @Test
  void aTimelineRegressionHoldsUntilItIsCleared() {
    Views views = Views.healthy();
    WriteDecision before = open();
    views.mark(
        new TimelineMark(
            "sys",
            2,
            Optional.of("pg2"),
            Optional.of(new TimelineMark.Regression("pg1", 1)),
            false));
    assertHolds(routing.decide(views.view(), before), WriteReason.TIMELINE_REGRESSION, true);
    views.mark(TimelineMark.NONE);
    assertTarget(routing.decide(views.view(), before), WriteState.OPEN, "pg1");
  }

  @Test
  void inMaintenanceTheLastPrimaryStaysWithoutAKey() {
    WriteDecision decision =
        routing.decide(Views.healthy().noLeader().maintenance().view(), open());
    assertTarget(decision, WriteState.OPEN, "pg1");
    assertThat(decision.reason()).isEqualTo(WriteReason.MAINTENANCE);
  }

  @Test
  void aStandbyClusterHasNoPrimary() {
    Views views = Views.healthy().member("pg1", Role.STANDBY_LEADER, 1, Tags.NONE, 0);
    assertHolds(routing.decide(views.view(), initial), WriteReason.STANDBY_CLUSTER, false);
  }

  @Test
  void aLeaderNobodyKnowsIsWaitedFor() {
    Views views = Views.healthy();
    views.leader("pg9", 300, views.now());
    assertHolds(routing.decide(views.view(), open()), WriteReason.LEADER_UNKNOWN, false);
  }

  @Test
  void withoutEtcdConfiguredTheLockDecides() {
    Views views = Views.healthy().dcsAbsent();
    assertTarget(routing.decide(views.view(), initial), WriteState.OPEN, "pg1");
    views.replica("pg1");
    assertHolds(routing.decide(views.view(), open()), WriteReason.NO_PRIMARY, true);
  }

  @Test
  void lagIsWhatIsLeftToReplay() {
    Views views = Views.healthy().leaderLsn(1000).replica("pg2", Tags.NONE, 400);
    ClusterView view = views.view();
    assertThat(ReadRouting.lag(view.members().get("pg2"), view)).isEqualTo(OptionalLong.of(600));
  }
}
