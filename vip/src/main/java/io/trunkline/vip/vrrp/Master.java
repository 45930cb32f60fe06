package io.trunkline.vip.vrrp;

import io.trunkline.vip.vrrp.Leaving.AwaitingSuccessor;
import io.trunkline.vip.vrrp.Leaving.EndingSessions;
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

/**
 * Has the addresses (RFC 9568 section 6.4.3).
 *
 * @param advertiseAt when Adver_Timer fires
 */
public record Master(Bid bid, Instant advertiseAt, Announcing announcing, Leaving leaving)
    implements VrrpState {
  /** How long the sessions get to end before the addresses go. */
  static final Duration SESSIONS_END = Duration.ofMillis(500);

  /** Who contests an address is answered this often at most. */
  private static final Duration LULL = Duration.ofMillis(100);

  private static final VrrpAction ANNOUNCE = new AnnounceAddresses();

  /** The way into this state. */
  static Step entered(VrrpState from, Bid bid, Reason reason, Instant now, VirtualRouter router) {
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
  public Instant otherwiseDue() {
    return announcing.nextAt().isBefore(leaving.until()) ? announcing.nextAt() : leaving.until();
  }

  /** Whether it is letting go. */
  public boolean leaves() {
    return !(leaving instanceof Leaving.No);
  }

  /** This state after its Adver_Timer fired at that time, and nothing else was due. */
  public Master advertised(Instant at, VirtualRouter router) {
    return new Master(bid, at.plus(router.advertInterval()), announcing, leaving);
  }

  @Override
  public String name() {
    return "master";
  }

  Step on(VrrpEvent event, Instant now, VirtualRouter router) {
    if (stalled(now, router)) {
      return stepDown(event, now, router);
    }
    return switch (event) {
      case VrrpEvent.AdvertisementReceived received ->
          onAdvertisement(received.advertisement(), now, router);
      case VrrpEvent.TimerExpired _ -> onTimer(now, router);
      case VrrpEvent.PriorityChanged changed -> onPriority(changed.priority(), now, router);
      case VrrpEvent.Release release -> onRelease(release.reason(), now, router);
      case VrrpEvent.SessionsEnded _ ->
          leaving instanceof EndingSessions ending ? leave(ending.reason(), true) : Step.of(this);
      case VrrpEvent.Fail fail -> leave(fail.reason(), true);
      case VrrpEvent.LinkDown _ -> leave(Reason.LINK_DOWN, false);
      case VrrpEvent.AddressLost _ ->
          Step.of(withAnnouncing(begun(now, router)), new AddAddresses(), ANNOUNCE);
      case VrrpEvent.AddressContested _ -> onContested(now, router);
      case VrrpEvent.Startup _ -> Step.of(this);
    };
  }

  /**
   * Whether this node kept silent for so long (a frozen process, a paused machine) that the others
   * must have elected another master. Going on as if nothing had happened would take the addresses
   * back from it with sessions that are long dead.
   */
  private boolean stalled(Instant now, VirtualRouter router) {
    return now.isAfter(advertiseAt.plus(router.advertInterval().multipliedBy(3)));
  }

  private Step stepDown(VrrpEvent event, Instant now, VirtualRouter router) {
    Backup backup = Backup.listening(bid, now, router);
    Step then = backup.on(event, now, router);
    List<VrrpAction> actions = new ArrayList<>();
    actions.add(new RemoveAddresses());
    actions.add(new Transition(this, backup, Reason.STALLED));
    actions.addAll(then.actions());
    return new Step(then.state(), List.copyOf(actions));
  }

  private Step onAdvertisement(Advertisement heard, Instant now, VirtualRouter router) {
    return switch (leaving) {
      case Leaving.No _ -> contest(heard, now, router);
      case AwaitingSuccessor awaiting ->
          heard.priority() == Bid.RELEASE ? Step.of(this) : endSessions(awaiting.reason(), now);
      case EndingSessions _ -> Step.of(this);
    };
  }

  private Step contest(Advertisement heard, Instant now, VirtualRouter router) {
    if (heard.priority() != Bid.RELEASE && bid.losesTo(heard)) {
      Reason reason =
          heard.priority() > bid.priority() ? Reason.HIGHER_PRIORITY : Reason.HIGHER_ADDRESS;
      Backup backup = Backup.of(heard, bid, now, router);
      // The last advertisement makes the winner announce itself once more, after these addresses
      // have stopped answering (keepalived PR#551).
      return Step.of(
          backup,
          new RemoveAddresses(),
          new SendAdvertisement(bid.priority()),
          new Transition(this, backup, reason));
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
        case AwaitingSuccessor awaiting -> endSessions(awaiting.reason(), now);
        case EndingSessions ending -> leave(ending.reason(), true);
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

  private Step onRelease(Reason reason, Instant now, VirtualRouter router) {
    if (!(leaving instanceof Leaving.No)) {
      return Step.of(this);
    }
    // Every skew is shorter than one interval (version 2: than a second, its shortest interval).
    Instant until = now.plus(router.advertInterval());
    return Step.of(
        new Master(bid, advertiseAt, announcing, new AwaitingSuccessor(reason, until)),
        new SendAdvertisement(Bid.RELEASE));
  }

  private Step onContested(Instant now, VirtualRouter router) {
    boolean answeredJustNow =
        announcing.nextAt().isBefore(now.plus(LULL)) || !(leaving instanceof Leaving.No);
    return answeredJustNow ? Step.of(this) : Step.of(withAnnouncing(begun(now, router)), ANNOUNCE);
  }

  private Step endSessions(Reason reason, Instant now) {
    // No announcements any more: the addresses are the successor's.
    Announcing silent = new Announcing(Instant.MAX, 0, true);
    Leaving ending = new EndingSessions(reason, now.plus(SESSIONS_END));
    return Step.of(
        new Master(bid, advertiseAt, silent, ending), new EndSessions(reason, SESSIONS_END));
  }

  private Step leave(Reason reason, boolean sayIt) {
    Initialize next = new Initialize(bid);
    Transition transition = new Transition(this, next, reason);
    // Priority 0 after the addresses are gone: a successor that is already the master answers by
    // announcing itself once more, which heals who heard this node's last ARP reply.
    return sayIt
        ? Step.of(next, new RemoveAddresses(), new SendAdvertisement(Bid.RELEASE), transition)
        : Step.of(next, new RemoveAddresses(), transition);
  }

  private Master withAnnouncing(Announcing other) {
    return new Master(bid, advertiseAt, other, leaving);
  }
}
