package io.trunkline.vip.vrrp;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.vrrp.VrrpAction.Transition;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Watches the master (RFC 9568 section 6.4.2).
 *
 * @param masterInterval Master_Adver_Interval: what the master said in version 3, else our own
 * @param masterDownAt when Master_Down_Timer fires
 * @param master the last advertisement heard
 * @param preemptAt when the preempt delay, or {@link Backoff}, ends that a master of lower priority
 *     started; {@link Instant#MAX}: none is running
 * @param expecting why this node would become the master if the timer fired now
 */
public record Backup(
    Bid bid,
    Duration masterInterval,
    Instant masterDownAt,
    @Nullable Advertisement master,
    Instant preemptAt,
    VipReason expecting)
    implements VrrpState {

  /** A backup that has heard nobody yet. */
  static Backup listening(Bid bid, Instant now, VirtualRouter router) {
    Duration interval = router.advertInterval();
    return new Backup(
        bid,
        interval,
        now.plus(router.masterDown(bid, interval)),
        null,
        Instant.MAX,
        VipReason.MASTER_SILENT);
  }

  /** A backup of the master that sent this. */
  static Backup of(Advertisement master, Bid bid, Instant now, VirtualRouter router) {
    return listening(bid, now, router).follow(master, Instant.MAX, now, router);
  }

  @Override
  public Instant deadline() {
    return preemptAt.isBefore(masterDownAt) ? preemptAt : masterDownAt;
  }

  /** Master_Down_Interval with the master's interval. */
  Duration masterDown(VirtualRouter router) {
    return router.masterDown(bid, masterInterval);
  }

  /**
   * Whether that is the very advertisement this node follows already: hearing it again only sets
   * Master_Down_Timer.
   */
  boolean follows(Advertisement heard, VirtualRouter router) {
    return heard.equals(master)
        && heard.priority() != Bid.RELEASE
        && yieldsTo(heard, router)
        && preemptAt.equals(Instant.MAX)
        && expecting == VipReason.MASTER_SILENT
        && masterInterval.equals(heard.interval());
  }

  /** This state after the {@link #follows advertisement it follows} was heard at that time. */
  Backup heardAgain(Instant at, VirtualRouter router) {
    return new Backup(
        bid, masterInterval, at.plus(masterDown(router)), master, Instant.MAX, expecting);
  }

  @Override
  public Step on(VrrpEvent event, Instant now, VirtualRouter router) {
    return switch (event) {
      case VrrpEvent.AdvertisementReceived received ->
          onAdvertisement(received.advertisement(), now, router);
      case VrrpEvent.TimerExpired _ -> onTimer(now, router);
      case VrrpEvent.PriorityChanged changed -> onPriority(changed.priority(), now, router);
      case VrrpEvent.Release release -> leave(release.reason(), now);
      case VrrpEvent.Fail fail -> leave(fail.reason(), now);
      case VrrpEvent.LinkDown _ -> leave(VipReason.LINK_DOWN, now);
      case VrrpEvent.PassOn _ -> leave(VipReason.PASSED_ON, now);
      case VrrpEvent.Startup _,
          VrrpEvent.Inherit _,
          VrrpEvent.SessionsEnded _,
          VrrpEvent.AddressLost _,
          VrrpEvent.AddressContested _ ->
          Step.of(this);
    };
  }

  private Step onAdvertisement(Advertisement heard, Instant now, VirtualRouter router) {
    if (heard.priority() == Bid.RELEASE) {
      return isMaster(heard) ? released(heard, now, router) : Step.of(this);
    }
    if (yieldsTo(heard, router)) {
      return Step.of(follow(heard, Instant.MAX, now, router));
    }
    Instant at = preemptAt.equals(Instant.MAX) ? now.plus(router.preemptDelay()) : preemptAt;
    Instant notBefore = at.isBefore(bid.backoff().until()) ? bid.backoff().until() : at;
    if (!idle(heard) && now.isBefore(notBefore)) {
      return Step.of(follow(heard, notBefore, now, router));
    }
    // Discarded: the timer runs on, and when it fires this node takes over.
    return Step.of(
        new Backup(
            bid, masterInterval, masterDownAt, heard, Instant.MAX, VipReason.PREEMPTED_LOWER));
  }

  private boolean yieldsTo(Advertisement heard, VirtualRouter router) {
    return heard.priority() >= bid.priority() || (!router.preempt() && !idle(heard));
  }

  /**
   * Whether this node serves and that one does not: then it does not keep the addresses, nopreempt
   * or not (keepalived#2599).
   */
  private boolean idle(Advertisement heard) {
    return heard.priority() <= Bid.NOT_SERVING && bid.serving();
  }

  /** Whether whoever sent this is the master, as far as this node knows. */
  private boolean isMaster(Advertisement heard) {
    return master == null
        || master.priority() == Bid.RELEASE
        || master.source().equals(heard.source());
  }

  /** The master lets go: wait for the skew only. A repetition does not start it again. */
  private Step released(Advertisement heard, Instant now, VirtualRouter router) {
    Instant skewed = now.plus(router.skew(bid, masterInterval));
    Instant at = skewed.isBefore(masterDownAt) ? skewed : masterDownAt;
    return Step.of(
        new Backup(bid, masterInterval, at, heard, Instant.MAX, VipReason.MASTER_RELEASED));
  }

  private Backup follow(Advertisement heard, Instant at, Instant now, VirtualRouter router) {
    // Version 2 rejects any other interval than its own, so what was heard is right in both.
    Duration interval = heard.interval();
    Instant downAt = now.plus(router.masterDown(bid, interval));
    return new Backup(bid, interval, downAt, heard, at, VipReason.MASTER_SILENT);
  }

  private Step onTimer(Instant now, VirtualRouter router) {
    if (now.isBefore(deadline())) {
      return Step.of(this);
    }
    return Master.entered(this, bid, expecting(now), now, router);
  }

  /**
   * Why this node would become the master if the timer fired at that time: {@link
   * VipReason#MASTER_SILENT} if nobody was heard for a whole Master_Down_Interval but masters it
   * followed.
   */
  public VipReason expecting(Instant now) {
    return now.isBefore(masterDownAt) ? VipReason.PREEMPTED_LOWER : expecting;
  }

  private Step onPriority(int priority, Instant now, VirtualRouter router) {
    Bid changed = bid.withPriority(priority);
    if (priority == Bid.OWNER && !now.isBefore(bid.backoff().until())) {
      return Master.entered(this, changed, VipReason.OWNER, now, router);
    }
    // The skew is part of the deadline already set: move it by the difference.
    Duration moved = router.skew(changed, masterInterval).minus(router.skew(bid, masterInterval));
    return Step.of(
        new Backup(
            changed, masterInterval, masterDownAt.plus(moved), master, Instant.MAX, expecting));
  }

  private Step leave(VipReason reason, Instant now) {
    Initialize next = new Initialize(bid.after(reason, now));
    return Step.of(next, new Transition(this, next, reason));
  }
}
