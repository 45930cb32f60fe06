package io.trunkline.vip.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LeaseMachineTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration TTL = Duration.ofSeconds(10);
  private static final LeaseView FREE = new LeaseView(Optional.empty(), Map.of("a", true));
  private static final LeaseView MINE = view("a", 7, Map.of("a", true));

  private final LeaseTerms terms = new LeaseTerms("a", TTL);
  private LeaseState state = new Absent(true);

  private static LeaseView view(String holder, long lease, Map<String, Boolean> candidates) {
    return new LeaseView(Optional.of(new LeaseView.Holder(holder, lease)), candidates);
  }

  private static Instant moment(int millis) {
    return START.plusMillis(millis);
  }

  private List<LeaseAction> at(int millis, LeaseEvent event) {
    LeaseState.Step step = state.on(event, moment(millis), terms);
    state = step.state();
    return step.actions();
  }

  private static LeaseEvent answered(int askedAt, LeaseView view) {
    return new LeaseEvent.Answered(moment(askedAt), 7, Optional.of(TTL), view);
  }

  private static LeaseAction ask(int millis, Optional<Boolean> publish, boolean campaign) {
    return new LeaseAction.Ask(moment(millis), new LeaseStore.Question(7, publish, campaign));
  }

  private void win() {
    at(0, new LeaseEvent.Join());
    at(10, new LeaseEvent.Granted(START, 7, TTL));
    at(20, answered(10, FREE));
    at(30, answered(20, MINE));
  }

  @Test
  void fromALeaseToTheAddresses() {
    assertThat(at(0, new LeaseEvent.Join())).containsExactly(new LeaseAction.Grant(START, TTL));
    assertThat(at(10, new LeaseEvent.Granted(START, 7, TTL)))
        .containsExactly(ask(10, Optional.of(true), false));
    assertThat(at(20, answered(10, FREE))).containsExactly(ask(20, Optional.empty(), true));
    assertThat(at(30, answered(20, MINE))).isEmpty();
    assertThat(state.claim())
        .as("counted from before the question was sent")
        .isEqualTo(new Claim.Valid(moment(10_020), VipReason.LEASE_WON, VipReason.LEASE_ENDING));
    assertThat(state.deadline()).isEqualTo(moment(1_020));
  }

  @Test
  void aLeaseThatIsPassedOnIsNotRevoked() {
    win();
    assertThat(at(40, new LeaseEvent.PassOn())).isEmpty();
    assertThat(state).isEqualTo(new Absent(true));
  }

  @Test
  void anInheritedLeaseHoldsTheAddressesOnceItIsRenewed() {
    assertThat(at(0, new LeaseEvent.Inherit(7))).containsExactly(ask(0, Optional.of(true), false));
    assertThat(state.claim()).as("nobody has said yet how long").isInstanceOf(Claim.None.class);
    at(10, answered(0, MINE));
    assertThat(state.claim())
        .isEqualTo(new Claim.Valid(moment(10_000), VipReason.LEASE_WON, VipReason.LEASE_ENDING));
  }

  @Test
  void aRenewalWithoutAQuorumDoesNotCount() {
    win();
    at(1_020, new LeaseEvent.TimerExpired());
    at(1_030, new LeaseEvent.Answered(moment(1_020), 7, Optional.empty(), MINE));
    assertThat(state.claim()).extracting("until").isEqualTo(moment(10_020));
  }

  @Test
  void aQuestionWithoutAnswerIsAskedAgainAndALateAnswerCountsFromItsQuestion() {
    win();
    at(1_020, new LeaseEvent.TimerExpired());
    assertThat(at(2_020, new LeaseEvent.TimerExpired()))
        .containsExactly(ask(2_020, Optional.empty(), false));
    at(2_500, answered(1_020, MINE));
    assertThat(state.claim()).extracting("until").isEqualTo(moment(11_020));
  }

  @Test
  void aGrantThatCameTooLateIsGivenBack() {
    at(0, new LeaseEvent.Join());
    assertThat(at(1_000, new LeaseEvent.TimerExpired()))
        .containsExactly(new LeaseAction.Grant(moment(1_000), TTL));
    assertThat(at(1_500, new LeaseEvent.Granted(START, 3, TTL)))
        .containsExactly(new LeaseAction.Revoke(3));
  }

  @Test
  void aLostLeaseIsALostClaimAndIsAskedForAnew() {
    win();
    at(1_020, new LeaseEvent.TimerExpired());
    assertThat(at(1_030, new LeaseEvent.Gone(moment(1_020), 7)))
        .containsExactly(new LeaseAction.Grant(moment(1_030), TTL));
    assertThat(state.claim()).isEqualTo(new Claim.None(VipReason.LEASE_LOST, false));
  }

  @Test
  void aHolderThatDoesNotServeHandsOverOnlyToOneThatDoes() {
    win();
    at(100, new LeaseEvent.Serving(false));
    at(110, answered(100, view("a", 7, Map.of("a", false, "b", false))));
    assertThat(state.claim()).isInstanceOf(Claim.Valid.class);
    at(1_100, new LeaseEvent.TimerExpired());
    at(1_110, answered(1_100, view("a", 7, Map.of("a", false, "b", true))));
    assertThat(state.claim()).isEqualTo(new Claim.None(VipReason.HANDED_OVER, true));
    assertThat(at(1_300, new LeaseEvent.Vacated())).containsExactly(new LeaseAction.Revoke(7));
  }

  @Test
  void whoDoesNotServeWaitsForThoseWhoDo() {
    state = new Absent(false);
    at(0, new LeaseEvent.Join());
    at(10, new LeaseEvent.Granted(START, 7, TTL));
    LeaseView free = new LeaseView(Optional.empty(), Map.of("a", false));
    assertThat(at(20, answered(10, free))).containsExactly(ask(20, Optional.empty(), false));
    at(30, answered(20, free));
    assertThat(at(3_100, new LeaseEvent.TimerExpired()))
        .containsExactly(ask(3_100, Optional.empty(), true));
  }

  @Test
  void aRumourIsFollowedByACampaignAtOnce() {
    at(0, new LeaseEvent.Join());
    at(10, new LeaseEvent.Granted(START, 7, TTL));
    at(20, answered(10, view("b", 9, Map.of("a", true, "b", true))));
    assertThat(at(500, new LeaseEvent.Changed())).containsExactly(ask(500, Optional.empty(), true));
  }

  @Test
  void whoLeavesRevokes() {
    win();
    assertThat(at(100, new LeaseEvent.Leave())).containsExactly(new LeaseAction.Revoke(7));
    assertThat(at(110, new LeaseEvent.Granted(moment(90), 8, TTL)))
        .containsExactly(new LeaseAction.Revoke(8));
  }

  @Test
  void aLeaseThatLeavesTheKernelNoTimeIsRefused() {
    assertThatThrownBy(() -> new LeaseTerms("a", Duration.ofSeconds(4)))
        .hasMessageContaining("too short");
  }
}
