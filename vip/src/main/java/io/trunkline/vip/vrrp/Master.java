package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.Leaving.AwaitingSuccessor;
import io.trunkline.vip.vrrp.Leaving.EndingSessions;
import io.trunkline.vip.vrrp.Leaving.Yielding;
import io.trunkline.vip.vrrp.VrrpAction.AddAddresses;
import io.trunkline.vip.vrrp.VrrpAction.AnnounceAddresses;
import io.trunkline.vip.vrrp.VrrpAction.EndSessions;
import io.trunkline.vip.vrrp.VrrpAction.RemoveAddresses;
import io.trunkline.vip.vrrp.VrrpAction.SendAdvertisement;
import io.trunkline.vip.vrrp.VrrpAction.Transition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the addresses (RFC 9568 section 6.4.3).
 *
 * @param advertiseAt when Adver_Timer fires
 */
public record Master(Bid bid, Instant advertiseAt, Announcing announcing, Leaving leaving)
    implements VrrpState {
  /** How long the sessions get to end before the addresses go. */
  static final Duration SESSIONS_END = Duration.ofMillis(500);

  /** And where another node has them already, or something is broken. */
  static final Duration SESSIONS_END_SOON = Duration.ofMillis(200);

  /** Who contests an address is answered this often at most. */
  private static final Duration LULL = Duration.ofMillis(100);

  private static final VrrpAction ANNOUNCE = new AnnounceAddresses();

  /** The way into this state. */
  static Step entered(
      VrrpState from, Bid bid, VipReason reason, Instant now, VirtualRouter router) {
    Master next =
        new Master(bid, now.plus(router.advertInterval()), begun(now, router), Leaving.NO);
    return Step.of(
        next,
        new SendAdvertisement(bid.priority()),
        new AddAddresses(),
        ANNOUNCE,
        new Transition(from, next, reason));
  }

  private static Announcing begun(Instant now, VirtualRouter router) {
    return Announcing.begun(now, router.announcements());
  }

  @Override
  public Instant deadline() {
    return advertiseAt.isBefore(otherwiseDue()) ? advertiseAt : otherwiseDue();
  }

  /** When something else than the next advertisement is due; {@link Instant#MAX}: nothing. */
  Instant otherwiseDue() {
    return announcing.nextAt().isBefore(leaving.until()) ? announcing.nextAt() : leaving.until();
  }

  /** Whether it is letting go. */
  public boolean leaves() {
    return !(leaving instanceof Leaving.No);
  }

  /** This state after its Adver_Timer fired at that time, and nothing else was due. */
  Master advertised(Instant at, VirtualRouter router) {
    return new Master(bid, at.plus(router.advertInterval()), announcing, leaving);
  }

  @Override
  public Step on(VrrpEvent event, Instant now, VirtualRouter router) {
    if (stalled(now, router)) {
      return stepDown(event, now);
    }
    return switch (event) {
      case VrrpEvent.AdvertisementReceived received ->
          onAdvertisement(received.advertisement(), now, router);
      case VrrpEvent.TimerExpired _ -> onTimer(now, router);
      case VrrpEvent.PriorityChanged changed -> onPriority(changed.priority(), now, router);
      case VrrpEvent.Release release -> onRelease(release.reason(), now, router);
      case VrrpEvent.SessionsEnded _ -> onSessionsEnded(now, router);
      case VrrpEvent.Fail fail -> onFail(fail.reason(), now);
      case VrrpEvent.LinkDown _ -> leave(VipReason.LINK_DOWN, false, now);
      case VrrpEvent.AddressLost _ -> onAddressLost(now, router);
      case VrrpEvent.AddressContested _ -> onContested(now, router);
      case VrrpEvent.PassOn _ -> passOn();
      case VrrpEvent.Startup _, VrrpEvent.Inherit _ -> Step.of(this);
    };
  }

  /**
   * Whether this node kept silent for so long (a frozen process, a paused machine) that the others
   * must have elected another master. Going on as if nothing had happened would take the addresses
   * back from it with sessions that are long dead.
   */
  private boolean stalled(Instant now, VirtualRouter router) {
    return !leaves() && now.isAfter(advertiseAt.plus(router.advertInterval().multipliedBy(3)));
  }

  private Step stepDown(VrrpEvent event, Instant now) {
    return switch (event) {
      case VrrpEvent.LinkDown _ -> leave(VipReason.LINK_DOWN, false, now);
      case VrrpEvent.Fail fail -> onFail(fail.reason(), now);
      case VrrpEvent.Release release -> endSessions(release.reason(), SESSIONS_END_SOON, now);
      case VrrpEvent.PriorityChanged changed ->
          new Master(bid.withPriority(changed.priority()), advertiseAt, announcing, leaving)
              .yieldTo(null, VipReason.STALLED, now);
      case VrrpEvent.AdvertisementReceived received ->
          yieldTo(masterOf(received.advertisement()), VipReason.STALLED, now);
      case VrrpEvent.TimerExpired _,
          VrrpEvent.SessionsEnded _,
          VrrpEvent.AddressLost _,
          VrrpEvent.AddressContested _,
          VrrpEvent.PassOn _,
          VrrpEvent.Inherit _,
          VrrpEvent.Startup _ ->
          yieldTo(null, VipReason.STALLED, now);
    };
  }

  private Step yieldTo(@Nullable Advertisement winner, VipReason reason, Instant now) {
    Leaving how = new Yielding(reason, now.plus(SESSIONS_END_SOON), winner);
    return Step.of(silent(how), new EndSessions(reason));
  }

  /** Who that says is the master: nobody, if its sender lets go. */
  private static @Nullable Advertisement masterOf(Advertisement heard) {
    return heard.priority() == Bid.RELEASE ? null : heard;
  }

  private Step onAdvertisement(Advertisement heard, Instant now, VirtualRouter router) {
    return switch (leaving) {
      case Leaving.No _ -> contest(heard, now, router);
      case AwaitingSuccessor awaiting ->
          heard.priority() == Bid.RELEASE
              ? Step.of(this)
              : endSessions(awaiting.reason(), SESSIONS_END, now);
      case EndingSessions _ -> Step.of(this);
      case Yielding yielding ->
          Step.of(leaving(new Yielding(yielding.reason(), yielding.until(), masterOf(heard))));
    };
  }

  private Step contest(Advertisement heard, Instant now, VirtualRouter router) {
    if (heard.priority() != Bid.RELEASE && bid.losesTo(heard)) {
      VipReason reason =
          heard.priority() > bid.priority() ? VipReason.HIGHER_PRIORITY : VipReason.HIGHER_ADDRESS;
      return yieldTo(heard, reason, now);
    }
    // A lower one, or one that lets go: assert the state (RFC 9568 section 6.4.3) and heal the
    // neighbours that heard the other node last.
    if (heard.priority() != Bid.RELEASE && advertisedJustNow(now, router)) {
      return Step.of(withAnnouncing(begun(now, router)), ANNOUNCE);
    }
    return Step.of(
        new Master(bid, now.plus(router.advertInterval()), begun(now, router), leaving),
        new SendAdvertisement(bid.priority()),
        ANNOUNCE);
  }

  /**
   * Whether the others have just been told. Two masters that both answer each other at once would
   * do so for ever, as fast as the network carries it.
   */
  private boolean advertisedJustNow(Instant now, VirtualRouter router) {
    Duration interval = router.advertInterval();
    return now.isBefore(advertiseAt.minus(interval).plus(interval.dividedBy(10)));
  }

  private Step onTimer(Instant now, VirtualRouter router) {
    if (!now.isBefore(leaving.until())) {
      return switch (leaving) {
        case Leaving.No _ -> Step.of(this);
        case AwaitingSuccessor awaiting -> endSessions(awaiting.reason(), SESSIONS_END, now);
        case EndingSessions ending -> leave(ending.reason(), true, now);
        case Yielding yielding -> follow(yielding, now, router);
      };
    }
    boolean advertise = !now.isBefore(advertiseAt);
    boolean announce = announcing.due(now);
    Instant nextAt = advertise ? now.plus(router.advertInterval()) : advertiseAt;
    Announcing next = announce ? announcing.next(now, router.announcements()) : announcing;
    List<VrrpAction> actions = new ArrayList<>(2);
    if (advertise && leaving instanceof Leaving.No) {
      actions.add(new SendAdvertisement(bid.priority()));
    }
    if (announce) {
      actions.add(ANNOUNCE);
    }
    return new Step(new Master(bid, nextAt, next, leaving), List.copyOf(actions));
  }

  private Step onPriority(int priority, Instant now, VirtualRouter router) {
    Bid changed = bid.withPriority(priority);
    if (priority == bid.priority() || !(leaving instanceof Leaving.No)) {
      return Step.of(new Master(changed, advertiseAt, announcing, leaving));
    }
    return Step.of(
        new Master(changed, now.plus(router.advertInterval()), announcing, leaving),
        new SendAdvertisement(priority));
  }

  private Step onRelease(VipReason reason, Instant now, VirtualRouter router) {
    return switch (leaving) {
      // Every skew is shorter than one interval (version 2: than a second, its shortest interval).
      case Leaving.No _ ->
          Step.of(
              leaving(new AwaitingSuccessor(reason, now.plus(router.advertInterval()))),
              new SendAdvertisement(Bid.RELEASE));
      case Yielding yielding -> Step.of(leaving(new EndingSessions(reason, yielding.until())));
      case AwaitingSuccessor _, EndingSessions _ -> Step.of(this);
    };
  }

  private Step onFail(VipReason reason, Instant now) {
    return switch (leaving) {
      case Leaving.No _, AwaitingSuccessor _ ->
          Step.of(
              silent(new EndingSessions(reason, now.plus(SESSIONS_END_SOON))),
              new SendAdvertisement(Bid.RELEASE),
              new EndSessions(reason));
      case Yielding yielding -> Step.of(leaving(new EndingSessions(reason, yielding.until())));
      case EndingSessions _ -> Step.of(this);
    };
  }

  private Step onSessionsEnded(Instant now, VirtualRouter router) {
    return switch (leaving) {
      case EndingSessions ending -> leave(ending.reason(), true, now);
      case Yielding yielding -> follow(yielding, now, router);
      case Leaving.No _, AwaitingSuccessor _ -> Step.of(this);
    };
  }

  private Step onAddressLost(Instant now, VirtualRouter router) {
    return switch (leaving) {
      case Leaving.No _, AwaitingSuccessor _ ->
          Step.of(withAnnouncing(begun(now, router)), new AddAddresses(), ANNOUNCE);
      case EndingSessions _, Yielding _ -> Step.of(this);
    };
  }

  private Step onContested(Instant now, VirtualRouter router) {
    boolean answeredJustNow = announcing.nextAt().isBefore(now.plus(LULL)) || leaves();
    return answeredJustNow ? Step.of(this) : Step.of(withAnnouncing(begun(now, router)), ANNOUNCE);
  }

  private Step endSessions(VipReason reason, Duration atMost, Instant now) {
    return Step.of(silent(new EndingSessions(reason, now.plus(atMost))), new EndSessions(reason));
  }

  private Step follow(Yielding yielding, Instant now, VirtualRouter router) {
    Advertisement winner = yielding.winner();
    Bid next = bid.after(yielding.reason(), now);
    Backup backup =
        winner == null ? Backup.listening(next, now, router) : Backup.of(winner, next, now, router);
    Transition transition = new Transition(this, backup, yielding.reason());
    if (winner == null) {
      return Step.of(backup, new RemoveAddresses(), transition);
    }
    // The last advertisement makes the winner announce itself once more, after these addresses
    // have stopped answering (keepalived PR#551). It must not win: that node would let go.
    int last = bid.losesTo(winner) ? bid.priority() : Bid.RELEASE;
    return Step.of(backup, new RemoveAddresses(), new SendAdvertisement(last), transition);
  }

  private Step leave(VipReason reason, boolean sayIt, Instant now) {
    Initialize next = new Initialize(bid.after(reason, now));
    Transition transition = new Transition(this, next, reason);
    // Priority 0 after the addresses are gone: a successor that is already the master answers by
    // announcing itself once more, which heals who heard this node's last ARP reply.
    return sayIt
        ? Step.of(next, new RemoveAddresses(), new SendAdvertisement(Bid.RELEASE), transition)
        : Step.of(next, new RemoveAddresses(), transition);
  }

  private Step passOn() {
    if (leaves()) {
      return Step.of(this);
    }
    Initialize next = new Initialize(bid);
    return Step.of(next, new Transition(this, next, VipReason.PASSED_ON));
  }

  /** Without announcements any more: the addresses are the successor's. */
  private Master silent(Leaving how) {
    return new Master(bid, advertiseAt, new Announcing(Instant.MAX, 0, true), how);
  }

  private Master leaving(Leaving how) {
    return new Master(bid, advertiseAt, announcing, how);
  }

  private Master withAnnouncing(Announcing other) {
    return new Master(bid, advertiseAt, other, leaving);
  }
}
