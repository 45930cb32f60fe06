package io.trunkline.vip.vrrp;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.VrrpAction.AddAddresses;
import io.trunkline.vip.vrrp.VrrpAction.AnnounceAddresses;
import io.trunkline.vip.vrrp.VrrpAction.EndSessions;
import io.trunkline.vip.vrrp.VrrpAction.RemoveAddresses;
import io.trunkline.vip.vrrp.VrrpAction.SendAdvertisement;
import io.trunkline.vip.vrrp.VrrpAction.Transition;
import io.trunkline.vip.vrrp.VrrpEvent.AdvertisementReceived;
import io.trunkline.vip.vrrp.VrrpEvent.TimerExpired;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VrrpMachineTest {
  private static final Duration INTERVAL = Duration.ofMillis(300);
  private static final Instant EPOCH = Instant.EPOCH;

  private VirtualRouter router = Routers.v3(INTERVAL, "192.168.0.210");
  private VrrpState state = new Initialize(new Bid(100, Routers.LOCAL));
  private Instant now = EPOCH;

  @Test
  void aBackupTakesOverAfterThreeIntervalsAndItsSkew() {
    startup();
    // (256 - 100) * 300 ms / 256
    assertThat(elapsedUntilDeadline()).isEqualTo(Duration.ofNanos(3 * 300_000_000L + 182_812_500L));

    List<VrrpAction> actions = onDeadline();

    assertThat(state).isInstanceOf(Master.class);
    assertThat(kinds(actions))
        .containsExactly(
            SendAdvertisement.class, AddAddresses.class, AnnounceAddresses.class, Transition.class);
    assertThat(reason(actions)).isEqualTo(VipReason.MASTER_SILENT);
  }

  @Test
  void version2CountsItsSkewInFractionsOfASecond() {
    router = Routers.v2("", "192.168.0.210");
    startup();
    assertThat(elapsedUntilDeadline()).isEqualTo(Duration.ofNanos(3_000_000_000L + 609_375_000L));
  }

  @Test
  void theOwnerDoesNotWait() {
    state = new Initialize(new Bid(Bid.OWNER, Routers.LOCAL));
    assertThat(reason(startup())).isEqualTo(VipReason.OWNER);
    assertThat(state).isInstanceOf(Master.class);
  }

  @Test
  void aBackupLearnsTheIntervalOfItsMaster() {
    startup();
    hear(120, Duration.ofSeconds(1));
    assertThat(elapsedUntilDeadline()).isEqualTo(Duration.ofNanos(3_000_000_000L + 609_375_000L));
  }

  @Test
  void aReleasedAddressIsTakenAfterTheSkewAndARepetitionDoesNotPostponeIt() {
    startup();
    hear(120);
    hear(0);
    Instant due = state.deadline();
    assertThat(elapsedUntilDeadline()).isEqualTo(Duration.ofNanos(182_812_500L));
    now = now.plusMillis(100);
    hear(0);
    assertThat(state.deadline()).isEqualTo(due);
    assertThat(reason(onDeadline())).isEqualTo(VipReason.MASTER_RELEASED);
  }

  @Test
  void aReleaseByAnotherThanTheMasterIsNoRelease() {
    startup();
    hear(120);
    VrrpState before = state;
    on(new AdvertisementReceived(new Advertisement(0, INTERVAL, Routers.ip("192.168.0.99"))));
    assertThat(state).isEqualTo(before);
  }

  @Test
  void aHigherBackupPreempts() {
    startup();
    Instant due = state.deadline();
    hear(90);
    assertThat(state.deadline()).isEqualTo(due);
    assertThat(reason(onDeadline())).isEqualTo(VipReason.PREEMPTED_LOWER);
  }

  @Test
  void withoutPreemptionALowerMasterStaysUnlessItDoesNotServe() {
    router = Routers.v3(INTERVAL, false, Duration.ZERO, "192.168.0.210");
    startup();
    now = now.plusMillis(900);
    hear(90);
    assertThat(elapsedUntilDeadline()).isGreaterThan(INTERVAL.multipliedBy(3));
    Instant due = state.deadline();
    now = now.plusMillis(300);
    hear(Bid.NOT_SERVING);
    assertThat(state.deadline()).isEqualTo(due);
  }

  @Test
  void amongThoseThatDoNotServeTheMasterStays() {
    state = new Initialize(new Bid(Bid.NOT_SERVING, Routers.LOCAL));
    startup();
    now = now.plusMillis(900);
    hear(Bid.NOT_SERVING);
    assertThat(elapsedUntilDeadline()).isGreaterThan(INTERVAL.multipliedBy(3));
  }

  @Test
  void preemptionWaitsForItsDelayWhileTheMasterLives() {
    router = Routers.v3(INTERVAL, true, Duration.ofSeconds(2), "192.168.0.210");
    startup();
    Instant begun = now;
    while (state instanceof Backup) {
      hear(90);
      Instant next = now.plus(INTERVAL);
      if (!state.deadline().isAfter(next)) {
        assertThat(reason(onDeadline())).isEqualTo(VipReason.PREEMPTED_LOWER);
      } else {
        now = next;
      }
    }
    assertThat(now).isEqualTo(begun.plusSeconds(2));
  }

  @Test
  void aMasterThatLosesEndsItsSessionsWhileItStillHasTheAddressesAndSaysSoOnceTheyAreGone() {
    becomeMaster();
    assertThat(kinds(hear(120))).containsExactly(EndSessions.class);
    assertThat(state).isInstanceOf(Master.class);
    assertThat(hear(120)).as("no dispute any more").isEmpty();
    List<VrrpAction> actions = on(new VrrpEvent.SessionsEnded());
    assertThat(state).isInstanceOf(Backup.class);
    assertThat(kinds(actions))
        .containsExactly(RemoveAddresses.class, SendAdvertisement.class, Transition.class);
    assertThat(reason(actions)).isEqualTo(VipReason.HIGHER_PRIORITY);
  }

  @Test
  void sessionsThatDoNotEndHoldTheAddressesForAShortTimeOnly() {
    becomeMaster();
    Instant begun = now;
    hear(120);
    List<VrrpAction> actions = new ArrayList<>();
    while (state instanceof Master) {
      actions.addAll(onDeadline());
    }
    assertThat(Duration.between(begun, now)).isEqualTo(Master.SESSIONS_END_SOON);
    assertThat(actions).contains(new RemoveAddresses());
    assertThat(state.deadline()).isEqualTo(now.plus(router.masterDown(state.bid(), INTERVAL)));
  }

  @Test
  void aWinnerThatLetsGoMeanwhileIsNotFollowed() {
    becomeMaster();
    hear(120);
    hear(0);
    List<VrrpAction> actions = on(new VrrpEvent.SessionsEnded());
    assertThat(kinds(actions)).containsExactly(RemoveAddresses.class, Transition.class);
    assertThat(((Backup) state).master()).isNull();
  }

  @Test
  void whatBreaksIsSaidAtOnceAndTheAddressesGoAfterTheSessions() {
    becomeMaster();
    assertThat(kinds(on(new VrrpEvent.Fail(VipReason.HEARTBEAT_LOST))))
        .containsExactly(SendAdvertisement.class, EndSessions.class);
    List<VrrpAction> actions = on(new VrrpEvent.SessionsEnded());
    assertThat(actions).startsWith(new RemoveAddresses(), new SendAdvertisement(0));
    assertThat(reason(actions)).isEqualTo(VipReason.HEARTBEAT_LOST);
  }

  @Test
  void equalPrioritiesAreDecidedByTheAddress() {
    becomeMaster();
    now = now.plusMillis(30);
    assertThat(kinds(hearFrom("192.168.0.11", 100)))
        .containsExactly(SendAdvertisement.class, AnnounceAddresses.class);
    assertThat(hearFrom("192.168.0.13", 100))
        .containsExactly(new EndSessions(VipReason.HIGHER_ADDRESS));
  }

  @Test
  void aMasterAnswersALowerOneAndAnnouncesItself() {
    becomeMaster();
    assertThat(hear(90)).containsExactly(new AnnounceAddresses());
    now = now.plusMillis(30);
    assertThat(hear(90)).containsExactly(new SendAdvertisement(100), new AnnounceAddresses());
    assertThat(hear(0)).containsExactly(new SendAdvertisement(100), new AnnounceAddresses());
    assertThat(state).isInstanceOf(Master.class);
  }

  @Test
  void aMasterAdvertisesAndAnnouncesInBursts() {
    becomeMaster();
    Instant begun = now;
    List<Duration> announced = new ArrayList<>(List.of(Duration.ZERO));
    int adverts = 1;
    while (now.isBefore(begun.plusSeconds(6))) {
      List<VrrpAction> actions = onDeadline();
      if (actions.contains(new AnnounceAddresses())) {
        announced.add(Duration.between(begun, now));
      }
      adverts += actions.contains(new SendAdvertisement(100)) ? 1 : 0;
    }
    assertThat(announced.stream().map(Duration::toMillis))
        .containsExactly(0L, 20L, 60L, 140L, 300L, 5300L, 5320L, 5360L, 5440L, 5600L);
    assertThat(adverts).isEqualTo(21);
  }

  @Test
  void aChangedPriorityIsAdvertisedAtOnce() {
    becomeMaster();
    assertThat(on(new VrrpEvent.PriorityChanged(1))).containsExactly(new SendAdvertisement(1));
    assertThat(on(new VrrpEvent.PriorityChanged(1))).isEmpty();
  }

  @Test
  void aReleaseWaitsForTheSuccessorThenEndsSessionsThenRemovesTheAddresses() {
    becomeMaster();
    assertThat(on(new VrrpEvent.Release(VipReason.RELEASED)))
        .containsExactly(new SendAdvertisement(0));
    now = now.plusMillis(190);
    assertThat(kinds(hear(90))).containsExactly(EndSessions.class);
    List<VrrpAction> last = on(new VrrpEvent.SessionsEnded());
    assertThat(kinds(last))
        .containsExactly(RemoveAddresses.class, SendAdvertisement.class, Transition.class);
    assertThat(reason(last)).isEqualTo(VipReason.RELEASED);
    assertThat(state).isInstanceOf(Initialize.class);
  }

  @Test
  void aReleaseEndsByItselfWithoutSuccessorAndWithoutAnswer() {
    becomeMaster();
    Instant begun = now;
    on(new VrrpEvent.Release(VipReason.SHUTDOWN));
    List<VrrpAction> actions = new ArrayList<>();
    while (!(state instanceof Initialize)) {
      actions.addAll(onDeadline());
    }
    assertThat(kinds(actions)).contains(EndSessions.class, RemoveAddresses.class);
    assertThat(Duration.between(begun, now)).isEqualTo(INTERVAL.plus(Master.SESSIONS_END));
    assertThat(actions).doesNotContain(new SendAdvertisement(100));
  }

  @Test
  void aMasterThatDidNotRunForTooLongStepsDown() {
    becomeMaster();
    now = now.plus(INTERVAL.multipliedBy(4)).plusMillis(1);
    assertThat(on(new VrrpEvent.AddressLost())).containsExactly(new EndSessions(VipReason.STALLED));
    List<VrrpAction> actions = on(new VrrpEvent.SessionsEnded());
    assertThat(kinds(actions)).containsExactly(RemoveAddresses.class, Transition.class);
    assertThat(reason(actions)).isEqualTo(VipReason.STALLED);
    assertThat(state).isInstanceOf(Backup.class);
  }

  @Test
  void aMasterThatDidNotRunSaysNothingThatItsSuccessorWouldYieldTo() {
    becomeMaster();
    now = now.plus(INTERVAL.multipliedBy(4)).plusMillis(1);
    assertThat(hear(90)).containsExactly(new EndSessions(VipReason.STALLED));
    assertThat(on(new VrrpEvent.SessionsEnded()))
        .startsWith(new RemoveAddresses(), new SendAdvertisement(Bid.RELEASE));
    assertThat(state).isInstanceOf(Backup.class);
  }

  @Test
  void itLeavesTheAddressesToItsSuccessorLongerEachTime() {
    becomeMaster();
    List<Long> waited = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      now = now.plus(INTERVAL.multipliedBy(4)).plusMillis(1);
      hear(90);
      on(new VrrpEvent.SessionsEnded());
      Instant begun = now;
      assertThat(reason(followUntilMaster())).isEqualTo(VipReason.PREEMPTED_LOWER);
      waited.add(Duration.between(begun, now).toSeconds());
    }
    assertThat(waited).containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
  }

  @Test
  void aNodeThatHungWaitsFromWhenItDoesNotHangAnyMore() {
    becomeMaster();
    on(new VrrpEvent.Fail(VipReason.HEARTBEAT_LOST));
    on(new VrrpEvent.SessionsEnded());
    now = now.plusSeconds(60);
    startup();
    Instant begun = now;
    followUntilMaster();
    assertThat(Duration.between(begun, now)).isEqualTo(Backoff.FIRST);
  }

  @Test
  void anOwnerWaitsAsWell() {
    state = new Initialize(new Bid(Bid.OWNER, Routers.LOCAL));
    startup();
    on(new VrrpEvent.Fail(VipReason.HEARTBEAT_LOST));
    on(new VrrpEvent.SessionsEnded());
    startup();
    assertThat(state).isInstanceOf(Backup.class);
    Instant begun = now;
    followUntilMaster();
    assertThat(Duration.between(begun, now)).isEqualTo(Backoff.FIRST);
  }

  @Test
  void itDoesNotWaitForASuccessorThatDiesOrDoesNotServe() {
    becomeMaster();
    now = now.plus(INTERVAL.multipliedBy(4)).plusMillis(1);
    hear(90);
    on(new VrrpEvent.SessionsEnded());
    hear(90);
    VrrpState waiting = state;
    assertThat(elapsedUntilDeadline())
        .as("it waits for the successor's silence")
        .isEqualTo(router.masterDown(state.bid(), INTERVAL));
    assertThat(reason(onDeadline())).isEqualTo(VipReason.MASTER_SILENT);

    state = waiting;
    now = now.minusMillis(500);
    hear(Bid.NOT_SERVING);
    assertThat(elapsedUntilDeadline()).isLessThan(INTERVAL.multipliedBy(4));
    assertThat(reason(onDeadline())).isEqualTo(VipReason.PREEMPTED_LOWER);
  }

  @Test
  void whatAnotherProcessGoesOnWithIsLeftAsItIs() {
    becomeMaster();
    List<VrrpAction> actions = on(new VrrpEvent.PassOn());
    assertThat(kinds(actions)).containsExactly(Transition.class);
    assertThat(reason(actions)).isEqualTo(VipReason.PASSED_ON);
    assertThat(state).isInstanceOf(Initialize.class);
  }

  @Test
  void aMasterThatLetsGoDoesThatBeforeItPassesOn() {
    becomeMaster();
    on(new VrrpEvent.Release(VipReason.DRAINED));
    VrrpState before = state;
    assertThat(on(new VrrpEvent.PassOn())).isEmpty();
    assertThat(state).isEqualTo(before);
  }

  @Test
  void anInheritorIsTheMasterAtOnce() {
    List<VrrpAction> actions = on(new VrrpEvent.Inherit(Routers.LOCAL));
    assertThat(kinds(actions))
        .containsExactly(
            SendAdvertisement.class, AddAddresses.class, AnnounceAddresses.class, Transition.class);
    assertThat(reason(actions)).isEqualTo(VipReason.INHERITED);
  }

  @Test
  void aLostAddressIsPutBack() {
    becomeMaster();
    assertThat(on(new VrrpEvent.AddressLost()))
        .containsExactly(new AddAddresses(), new AnnounceAddresses());
  }

  @Test
  void aContestedAddressIsDefendedNotMoreOftenThanNeeded() {
    becomeMaster();
    assertThat(on(new VrrpEvent.AddressContested())).isEmpty();
    now = now.plus(Duration.ofMillis(250));
    state = new Master(state.bid(), now.plus(INTERVAL), quiet(), Leaving.NO);
    assertThat(on(new VrrpEvent.AddressContested())).containsExactly(new AnnounceAddresses());
  }

  @Test
  void withoutALinkNothingIsSent() {
    becomeMaster();
    List<VrrpAction> actions = on(new VrrpEvent.LinkDown());
    assertThat(kinds(actions)).containsExactly(RemoveAddresses.class, Transition.class);
    assertThat(state).isInstanceOf(Initialize.class);
    startup();
    assertThat(state).isInstanceOf(Backup.class);
  }

  /** A master of lower priority lives on. */
  private List<VrrpAction> followUntilMaster() {
    List<VrrpAction> last = List.of();
    hear(90);
    while (state instanceof Backup) {
      Instant next = now.plus(INTERVAL);
      if (state.deadline().isAfter(next)) {
        now = next;
        hear(90);
      } else {
        last = onDeadline();
      }
    }
    return last;
  }

  private static Announcing quiet() {
    return new Announcing(Instant.MAX, 0, true);
  }

  private void becomeMaster() {
    startup();
    onDeadline();
  }

  private List<VrrpAction> startup() {
    return on(new VrrpEvent.Startup(Routers.LOCAL));
  }

  private List<VrrpAction> hear(int priority) {
    return hear(priority, INTERVAL);
  }

  private List<VrrpAction> hear(int priority, Duration interval) {
    Advertisement heard = new Advertisement(priority, interval, Routers.ip("192.168.0.11"));
    return on(new AdvertisementReceived(heard));
  }

  private List<VrrpAction> hearFrom(String source, int priority) {
    return on(new AdvertisementReceived(new Advertisement(priority, INTERVAL, Routers.ip(source))));
  }

  private List<VrrpAction> onDeadline() {
    now = state.deadline();
    return on(new TimerExpired());
  }

  private List<VrrpAction> on(VrrpEvent event) {
    VrrpState.Step step = state.on(event, now, router);
    state = step.state();
    return step.actions();
  }

  private Duration elapsedUntilDeadline() {
    return Duration.between(now, state.deadline());
  }

  private static VipReason reason(List<VrrpAction> actions) {
    return actions.stream()
        .flatMap(action -> action instanceof Transition t ? java.util.stream.Stream.of(t) : null)
        .findFirst()
        .orElseThrow()
        .reason();
  }

  private static List<Class<?>> kinds(List<VrrpAction> actions) {
    List<Class<?>> kinds = new ArrayList<>();
    actions.forEach(action -> kinds.add(action.getClass()));
    return kinds;
  }
}
