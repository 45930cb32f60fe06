package io.trunkline.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.ClusterConfig.OnIsolation;
import io.trunkline.routing.SentinelAnswer.Access;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** PostgreSQL's own word on whether the leader takes writes. */
class WritabilityTest {
  private static final Duration MOMENT = Duration.ofMillis(5);
  private final WriteRouting routing =
      new WriteRouting(
          new WritePolicy(Duration.ofSeconds(15), Duration.ofSeconds(3), OnIsolation.HOLD));

  private WriteDecision decide(Views views) {
    WriteDecision open = routing.decide(Views.healthy().view(), WriteDecision.initial(Views.START));
    return routing.decide(views.view(), open);
  }

  private void assertHeld(Views views, WriteReason reason) {
    WriteDecision held = decide(views);
    assertThat(held.state()).isEqualTo(WriteState.HOLDING);
    assertThat(held.reason()).isEqualTo(reason);
    assertThat(held.target()).isEmpty();
    assertThat(held.blocked()).isFalse();
  }

  private void assertOpen(Views views, String member, WriteReason reason) {
    WriteDecision open = decide(views);
    assertThat(open.state()).isEqualTo(WriteState.OPEN);
    assertThat(open.target()).map(Target::member).contains(member);
    assertThat(open.reason()).isEqualTo(reason);
  }

  /** pg2 has just got the key; nobody has been asked since. */
  private static Views promoting() {
    Views views = Views.healthy();
    views.leader("pg2", 200, views.now());
    return views.later(MOMENT);
  }

  @Test
  void aLeaderInRecoveryGetsNoWritersWhateverItsRestApiSays() {
    Views views = promoting().primary("pg2").sentinel("pg2", Access.IN_RECOVERY);
    assertHeld(views, WriteReason.LEADER_NOT_WRITABLE);
    assertHeld(views.later(MOMENT).primary("pg2"), WriteReason.LEADER_NOT_WRITABLE);
  }

  @Test
  void itsFirstWritableMomentOpensTheRoute() {
    Views views = promoting().replica("pg2").later(MOMENT).sentinel("pg2", Access.READ_WRITE);
    assertOpen(views, "pg2", WriteReason.LEADER_KEY_AND_SENTINEL);
  }

  @Test
  void aLeaderThatStartsUpGetsNoWriters() {
    assertHeld(
        promoting().primary("pg2").sentinel("pg2", Access.NOT_ACCEPTING),
        WriteReason.LEADER_NOT_WRITABLE);
  }

  /** Its REST API answers 401, as another scope's, or with a certificate that is not trusted. */
  @Test
  void aLeaderWhoseAnswersAreRejectedIsNotSaidToTakeNoWrites() {
    Views views = promoting().restFails("pg2", "HTTP status 401");
    assertHeld(views, WriteReason.LEADER_UNCONFIRMED);
    RoutingTable table = new RoutingTable(views.view(), decide(views), java.util.Map.of());
    assertThat(table.why())
        .startsWith(WriteReason.LEADER_UNCONFIRMED.sentence())
        .endsWith(" (HTTP status 401)");
    assertHeld(
        views.later(MOMENT).sentinel("pg2", Access.IN_RECOVERY), WriteReason.LEADER_NOT_WRITABLE);
  }

  @Test
  void aLeaderWithoutARestApiIsKnownByItsKey() {
    Views views = promoting();
    DcsMember word = views.primary("pg2").view().member("pg2").orElseThrow().dcs().orElseThrow();
    DcsMember since =
        new DcsMember(
            word.role(), word.state(), word.timeline(), word.lsn(), true, word.tags(), false, 201);
    RestHealth none =
        new RestHealth(Optional.empty(), Optional.of("api_url is unreadable"), Optional.empty());
    assertOpen(views.member("pg2", Optional.of(since), none), "pg2", WriteReason.LEADER_KEY_ALONE);
  }

  @Test
  void aReadOnlyLeaderHasAReasonOfItsOwn() {
    assertHeld(Views.healthy().sentinel("pg1", Access.READ_ONLY), WriteReason.LEADER_READ_ONLY);
  }

  @Test
  void onlyTheMemberThatTheKeyNamesIsWrittenTo() {
    Views views = promoting().sentinel("pg1", Access.READ_WRITE);
    views.sentinel("pg3", Access.READ_WRITE);
    assertHeld(views, WriteReason.LEADER_NOT_WRITABLE);
    assertThat(decide(views.noLeader()).reason()).isEqualTo(WriteReason.NO_LEADER);
  }

  @Test
  void aRegressionIsHeldWhateverTheSentinelSays() {
    Views views = promoting().sentinel("pg2", Access.READ_WRITE);
    views.mark(
        new TimelineMark(
            "sys",
            9,
            Optional.of("pg1"),
            Optional.of(new TimelineMark.Regression("pg2", 1)),
            false));
    assertThat(decide(views).reason()).isEqualTo(WriteReason.TIMELINE_REGRESSION);
  }

  @Test
  void withoutItsTimelineAWritableLeaderWaitsForPatroni() {
    Views views = promoting();
    SentinelAnswer answer =
        new SentinelAnswer(views.now(), views.now(), Access.READ_WRITE, OptionalLong.empty());
    views.sentinel("pg2", answer, Optional.empty());
    assertHeld(views, WriteReason.LEADER_NOT_WRITABLE);
    assertOpen(views.primary("pg2"), "pg2", WriteReason.LEADER_KEY_AND_REST);
  }

  @Test
  void aYesFromBeforeTheKeyDoesNotCount() {
    Views views = Views.healthy().sentinel("pg2", Access.READ_WRITE).later(MOMENT);
    views.leader("pg2", 200, views.now());
    assertHeld(views, WriteReason.LEADER_NOT_WRITABLE);
    assertOpen(views.later(MOMENT).primary("pg2"), "pg2", WriteReason.LEADER_KEY_AND_REST);
  }

  @ParameterizedTest
  @EnumSource(value = Access.class, mode = EnumSource.Mode.EXCLUDE, names = "READ_WRITE")
  void aNoFromJustBeforeTheKeyCounts(Access access) {
    Views views = Views.healthy().sentinel("pg2", access).later(MOMENT);
    views.leader("pg2", 200, views.now());
    views.later(MOMENT).primary("pg2");
    assertThat(decide(views).target()).isEmpty();
    assertOpen(
        views.later(Duration.ofSeconds(1)).primary("pg2"), "pg2", WriteReason.LEADER_KEY_AND_REST);
  }

  @ParameterizedTest
  @EnumSource(Access.class)
  void anAnswerThatIsOldOrOfALostConnectionDoesNotCount(Access access) {
    Views lost = promoting().sentinel("pg2", access).sentinelFails("pg2").primary("pg2");
    assertOpen(lost, "pg2", WriteReason.LEADER_KEY_AND_REST);
    Views old = promoting().sentinel("pg2", access).later(Duration.ofMillis(1001)).primary("pg2");
    assertOpen(old, "pg2", WriteReason.LEADER_KEY_AND_REST);
    assertHeld(old.replica("pg2"), WriteReason.LEADER_NOT_WRITABLE);
  }

  @Test
  void theLeaderOfAStandbyClusterIsThat() {
    Views views = Views.healthy().member("pg1", Role.STANDBY_LEADER, 1, Tags.NONE, 0);
    assertHeld(views.sentinel("pg1", Access.IN_RECOVERY), WriteReason.STANDBY_CLUSTER);
  }

  @Test
  void withoutEtcdTheSentinelCanOnlyObject() {
    Views views = Views.healthy().dcsAbsent();
    assertOpen(views.sentinel("pg1", Access.READ_WRITE), "pg1", WriteReason.REST_LOCK);
    assertHeld(views.sentinel("pg1", Access.IN_RECOVERY), WriteReason.LEADER_NOT_WRITABLE);
    assertHeld(views.sentinel("pg1", Access.READ_ONLY), WriteReason.LEADER_READ_ONLY);
    Views nobody = Views.healthy().dcsAbsent().replica("pg1").sentinel("pg1", Access.READ_WRITE);
    assertThat(decide(nobody).reason()).isEqualTo(WriteReason.NO_PRIMARY);
  }

  @Test
  void anOverdueSwitchoverGoesOnWhenTheSentinelSaysWritable() {
    Views views = Views.healthy();
    views.failover(
        new FailoverKey(Optional.of("pg1"), Optional.empty(), Optional.empty(), views.now()));
    views.later(Duration.ofSeconds(16)).replica("pg1");
    assertThat(decide(views).state()).isEqualTo(WriteState.SWITCHING);
    assertOpen(views.sentinel("pg1", Access.READ_WRITE), "pg1", WriteReason.SWITCHOVER_OVERDUE);
  }

  @Test
  void aStandbyThatASessionMetIsLeftAlone() {
    Views views = Views.healthy().later(MOMENT).standbySeen("pg1");
    assertHeld(views, WriteReason.LEADER_NOT_WRITABLE);
    assertHeld(views.later(Duration.ofMillis(999)), WriteReason.LEADER_NOT_WRITABLE);
    assertOpen(views.later(Duration.ofMillis(1)), "pg1", WriteReason.LEADER_KEY_AND_REST);
  }

  @Test
  void fresherEvidenceOutranksWhatASessionMet() {
    assertOpen(
        Views.healthy().standbySeen("pg1").later(MOMENT).primary("pg1"),
        "pg1",
        WriteReason.LEADER_KEY_AND_REST);
    assertHeld(
        Views.healthy().standbySeen("pg1").later(MOMENT).replica("pg1"),
        WriteReason.LEADER_NOT_WRITABLE);
    assertOpen(
        Views.healthy().standbySeen("pg1").later(MOMENT).sentinel("pg1", Access.READ_WRITE),
        "pg1",
        WriteReason.LEADER_KEY_AND_SENTINEL);
    assertHeld(
        Views.healthy().sentinel("pg1", Access.READ_WRITE).later(MOMENT).standbySeen("pg1"),
        WriteReason.LEADER_NOT_WRITABLE);
  }

  @Test
  void whatASessionMetBeforeTheKeyChangedDoesNotCount() {
    Views views = Views.healthy().standbySeen("pg2").later(MOMENT);
    views.leader("pg2", 200, views.now());
    assertOpen(views.later(MOMENT).primary("pg2"), "pg2", WriteReason.LEADER_KEY_AND_REST);
  }
}
