package io.trunkline.vip.claim;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.HolderAction.AddAddresses;
import io.trunkline.vip.claim.HolderAction.AnnounceAddresses;
import io.trunkline.vip.claim.HolderAction.EndSessions;
import io.trunkline.vip.claim.HolderAction.RemoveAddresses;
import io.trunkline.vip.claim.HolderAction.Transition;
import io.trunkline.vip.vrrp.Announcements;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HolderMachineTest {
  private static final Instant START = Instant.parse("2026-11-21T10:00:00Z");
  private static final Claim NONE = new Claim.None(VipReason.LEASE_LOST, false);

  private final Announcements plan = new Announcements(2, Duration.ofSeconds(5), Duration.ZERO);
  private HolderState state = new Out(NONE);

  private static Claim until(int seconds) {
    return new Claim.Valid(START.plusSeconds(seconds), VipReason.LEASE_WON, VipReason.LEASE_ENDING);
  }

  private List<HolderAction> at(double seconds, HolderEvent event) {
    HolderState.Step step = state.on(event, START.plusMillis((long) (seconds * 1000)), plan);
    state = step.state();
    return step.actions();
  }

  private List<HolderAction> hold(int untilSeconds) {
    at(0, new HolderEvent.Join());
    return at(0, new HolderEvent.Claimed(until(untilSeconds)));
  }

  @Test
  void aClaimPutsTheAddressesThere() {
    assertThat(at(0, new HolderEvent.Claimed(until(10)))).as("while out").isEmpty();
    assertThat(at(1, new HolderEvent.Join()))
        .extracting(Object::getClass)
        .containsExactly(
            Transition.class, AddAddresses.class, AnnounceAddresses.class, Transition.class);
    assertThat(state).isInstanceOf(Holding.class);
  }

  @Test
  void whatAnotherProcessGoesOnWithIsLeftAsItIs() {
    hold(10);
    assertThat(at(1, new HolderEvent.PassOn()))
        .extracting(Object::getClass)
        .containsExactly(Transition.class);
    assertThat(state).isInstanceOf(Out.class);
  }

  @Test
  void aClaimThatTheKernelCouldOutliveIsNotUsed() {
    at(0, new HolderEvent.Join());
    assertThat(at(7, new HolderEvent.Claimed(until(10)))).isEmpty();
    assertThat(at(6.9, new HolderEvent.Claimed(until(10)))).contains(new AddAddresses());
  }

  @Test
  void withoutRenewalItLetsGoTwoSecondsBeforeTheEnd() {
    hold(10);
    at(0.1, new HolderEvent.TimerExpired());
    at(6, new HolderEvent.TimerExpired());
    at(6.1, new HolderEvent.TimerExpired());
    assertThat(at(7.9, new HolderEvent.AddressLost())).as("nothing is added late").isEmpty();
    assertThat(state.deadline()).isEqualTo(START.plusSeconds(8));
    assertThat(at(8, new HolderEvent.TimerExpired()))
        .containsExactly(new EndSessions(VipReason.LEASE_ENDING));
    assertThat(state.deadline()).isEqualTo(START.plusMillis(8500));
    assertThat(at(8.2, new HolderEvent.SessionsEnded())).first().isEqualTo(new RemoveAddresses());
    assertThat(state).isInstanceOf(Waiting.class);
  }

  @Test
  void aProcessThatStoodStillRemovesThemAtOnce() {
    hold(10);
    assertThat(at(60, new HolderEvent.TimerExpired())).first().isEqualTo(new RemoveAddresses());
  }

  @Test
  void aClaimThatIsLostEndsAtOnceAndOneThatIsGivenUpAfterItsSessions() {
    hold(10);
    assertThat(at(1, new HolderEvent.Claimed(NONE))).first().isEqualTo(new RemoveAddresses());
    at(1, new HolderEvent.Claimed(until(11)));
    Claim given = new Claim.None(VipReason.HANDED_OVER, true);
    assertThat(at(2, new HolderEvent.Claimed(given)))
        .containsExactly(new EndSessions(VipReason.HANDED_OVER));
    assertThat(at(2.5, new HolderEvent.TimerExpired())).first().isEqualTo(new RemoveAddresses());
  }

  @Test
  void aClaimThatComesBackWhileTheSessionsEndIsUsedAfterwards() {
    hold(10);
    at(8, new HolderEvent.TimerExpired());
    at(8.1, new HolderEvent.Claimed(until(18)));
    assertThat(at(8.2, new HolderEvent.SessionsEnded()))
        .contains(new RemoveAddresses(), new AddAddresses());
    assertThat(state).isInstanceOf(Holding.class);
  }

  @Test
  void whoLeavesInAnOrderlyWayEndsItsSessionsFirst() {
    hold(10);
    assertThat(at(1, new HolderEvent.Leave(VipReason.SHUTDOWN, true)))
        .containsExactly(new EndSessions(VipReason.SHUTDOWN));
    assertThat(at(1.1, new HolderEvent.SessionsEnded())).first().isEqualTo(new RemoveAddresses());
    assertThat(state).isInstanceOf(Out.class);
  }

  @Test
  void whoFailsLeavesAtOnce() {
    hold(10);
    assertThat(at(1, new HolderEvent.Leave(VipReason.HEARTBEAT_LOST, false)))
        .first()
        .isEqualTo(new RemoveAddresses());
    assertThat(state).isInstanceOf(Out.class);
  }

  @Test
  void anAddressThatSomethingRemovedIsPutBackAndAnnounced() {
    hold(10);
    assertThat(at(1, new HolderEvent.AddressLost()))
        .containsExactly(new AddAddresses(), new AnnounceAddresses());
  }
}
