package io.trunkline.vip.lease;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes part: has a lease or asks for one, publishes whether it serves, and becomes the holder
 * where there is none.
 *
 * @param yielding it is giving the addresses up for a node that serves
 */
public record Candidate(
    OwnLease own, LastSeen seen, Asking asking, boolean serving, boolean yielding)
    implements LeaseState {
  private static final Claim HANDED_OVER = new Claim.None(VipReason.HANDED_OVER, true);
  private static final Claim LOST = new Claim.None(VipReason.LEASE_LOST, false);

  /**
   * The lease of this node.
   *
   * @param lease 0: none
   * @param until it certainly lasts that long: counted from before its last renewal was asked for
   */
  record OwnLease(long lease, Instant until) {
    static final OwnLease NONE = new OwnLease(0, Instant.MIN);

    boolean exists() {
      return lease != 0;
    }

    OwnLease renewed(Instant askedAt, Duration ttl) {
      Instant later = askedAt.plus(ttl);
      return later.isAfter(until) ? new OwnLease(lease, later) : this;
    }
  }

  /**
   * What was last seen of the others.
   *
   * @param askedAt when it was asked for; {@link Instant#MIN}: nothing has been seen
   * @param freeSince since when there is no holder; {@link Instant#MAX}: there is one, or nobody
   *     knows
   */
  record LastSeen(LeaseView view, Instant askedAt, Instant freeSince) {
    static final LastSeen NONE = new LastSeen(LeaseView.NOTHING, Instant.MIN, Instant.MAX);

    /** What a question of that moment brought; an older one brings nothing. */
    LastSeen with(LeaseView later, Instant at, Instant now) {
      if (at.isBefore(askedAt)) {
        return this;
      }
      Instant free =
          later.holder().isPresent() ? Instant.MAX : freeSince.isBefore(now) ? freeSince : now;
      return new LastSeen(later, at, free);
    }

    boolean free() {
      return !freeSince.equals(Instant.MAX);
    }
  }

  static Candidate begin(boolean serving, Instant now) {
    return new Candidate(OwnLease.NONE, LastSeen.NONE, Asking.at(now), serving, false);
  }

  /**
   * With a lease that is this node's already; how long it lasts is not known before it is asked.
   */
  static Candidate inherited(long lease, boolean serving, Instant now) {
    return new Candidate(new OwnLease(lease, now), LastSeen.NONE, Asking.at(now), serving, false);
  }

  /** The lease of this node; 0: it has none. */
  public long lease() {
    return own.lease();
  }

  @Override
  public Claim claim() {
    if (yielding) {
      return HANDED_OVER;
    }
    return holds()
        ? new Claim.Valid(own.until(), VipReason.LEASE_WON, VipReason.LEASE_ENDING)
        : LOST;
  }

  @Override
  public Optional<String> holder() {
    return seen.view().holder().map(LeaseView.Holder::node);
  }

  @Override
  public Instant deadline() {
    return asking.deadline();
  }

  @Override
  public Step on(LeaseEvent event, Instant now, LeaseTerms terms) {
    return switch (event) {
      case LeaseEvent.Leave _ -> ended(new Absent(serving));
      case LeaseEvent.PassOn _ -> Step.of(new Absent(serving));
      case LeaseEvent.Vacated _ -> yielding ? handOver(now) : proceed(now, terms);
      case LeaseEvent.Granted granted -> onGrant(granted, now, terms);
      case LeaseEvent.Answered answered -> onAnswer(answered, now).proceed(now, terms);
      case LeaseEvent.Gone gone -> onGone(gone, now).proceed(now, terms);
      case LeaseEvent.Failed failed ->
          with(asking.answered(failed.askedAt(), now.plus(LeaseTerms.RETRY), now))
              .proceed(now, terms);
      case LeaseEvent.Serving said ->
          said.serving() == serving
              ? Step.of(this)
              : new Candidate(own, seen, asking.hurried(now), said.serving(), yielding)
                  .proceed(now, terms);
      case LeaseEvent.Changed _ -> with(asking.hurried(now)).proceed(now, terms);
      case LeaseEvent.TimerExpired _ -> proceed(now, terms);
      case LeaseEvent.Join _, LeaseEvent.Inherit _ -> Step.of(this);
    };
  }

  private boolean holds() {
    return own.exists() && seen.view().heldBy(own.lease());
  }

  /** Asks if it is time to. */
  Step proceed(Instant now, LeaseTerms terms) {
    boolean yields = yielding || (holds() && !serving && seen.view().servedWithout(terms.node()));
    Asking asks = asking.overdue(now) ? new Asking(Instant.MAX, now, asking.rumour()) : asking;
    Candidate next = new Candidate(own, seen, asks, serving, yields);
    if (!asks.due(now)) {
      return Step.of(next);
    }
    LeaseAction question =
        own.exists()
            ? new LeaseAction.Ask(now, next.question(now, terms))
            : new LeaseAction.Grant(now, terms.ttl());
    return Step.of(next.with(asks.sent(now)), question);
  }

  private LeaseStore.Question question(Instant now, LeaseTerms terms) {
    Boolean published = seen.view().candidates().get(terms.node());
    boolean told = published != null && published == serving;
    // A rumour may be that there is no holder any more: to ask for its place at once saves a turn.
    boolean campaign =
        !yielding && (willing(now, terms) || (asking.rumour() && serving && !holds()));
    return new LeaseStore.Question(
        own.lease(), told ? Optional.empty() : Optional.of(serving), campaign);
  }

  private boolean willing(Instant now, LeaseTerms terms) {
    if (!seen.free()) {
      return false;
    }
    boolean waitedLong = !now.isBefore(seen.freeSince().plus(LeaseTerms.IDLE_PATIENCE));
    return serving || (waitedLong && !seen.view().servedWithout(terms.node()));
  }

  private Step onGrant(LeaseEvent.Granted granted, Instant now, LeaseTerms terms) {
    if (own.exists() || !asking.since().equals(granted.askedAt())) {
      // An answer that came too late: this node has, or asks for, another one.
      return Step.of(this, new LeaseAction.Revoke(granted.lease()));
    }
    OwnLease fresh = new OwnLease(granted.lease(), granted.askedAt().plus(granted.ttl()));
    Asking next = asking.answered(granted.askedAt(), now, now);
    return new Candidate(fresh, seen, next, serving, yielding).proceed(now, terms);
  }

  private Candidate onAnswer(LeaseEvent.Answered answered, Instant now) {
    Instant at = answered.askedAt();
    if (answered.lease() != own.lease()) {
      return with(asking.answered(at, now, now));
    }
    LastSeen latest = seen.with(answered.view(), at, now);
    OwnLease renewed = answered.renewed().map(ttl -> own.renewed(at, ttl)).orElse(own);
    boolean placeJustFree = latest.free() && !seen.free();
    Duration pause = answered.renewed().isPresent() ? LeaseTerms.INTERVAL : LeaseTerms.RETRY;
    Asking next = asking.answered(at, placeJustFree ? now : at.plus(pause), now);
    return new Candidate(renewed, latest, next, serving, yielding);
  }

  private Candidate onGone(LeaseEvent.Gone gone, Instant now) {
    Asking next = asking.answered(gone.askedAt(), now, now);
    return gone.lease() == own.lease()
        ? new Candidate(OwnLease.NONE, seen, next, serving, false)
        : with(next);
  }

  /** The addresses are gone: whoever serves may have them. */
  private Step handOver(Instant now) {
    return ended(
        new Candidate(
            OwnLease.NONE,
            LastSeen.NONE,
            Asking.at(now.plus(LeaseTerms.INTERVAL)),
            serving,
            false));
  }

  private Step ended(LeaseState next) {
    List<LeaseAction> actions = new ArrayList<>();
    if (own.exists()) {
      actions.add(new LeaseAction.Revoke(own.lease()));
    }
    return new Step(next, List.copyOf(actions));
  }

  private Candidate with(Asking other) {
    return new Candidate(own, seen, other, serving, yielding);
  }
}
