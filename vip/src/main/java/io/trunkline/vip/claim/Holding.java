package io.trunkline.vip.claim;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.HolderAction.AddAddresses;
import io.trunkline.vip.claim.HolderAction.AnnounceAddresses;
import io.trunkline.vip.claim.HolderAction.EndSessions;
import io.trunkline.vip.claim.HolderAction.RemoveAddresses;
import io.trunkline.vip.claim.HolderAction.Transition;
import io.trunkline.vip.vrrp.Announcements;
import io.trunkline.vip.vrrp.Announcing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the addresses.
 *
 * @param ending the sessions are being ended; null: no
 */
public record Holding(Claim claim, Announcing announcing, @Nullable Ending ending)
    implements HolderState {
  /** Who contests an address is answered this often at most. */
  private static final Duration LULL = Duration.ofMillis(100);

  /**
   * The sessions are being ended; then the addresses go.
   *
   * @param until when they go anyway
   * @param out this node takes no part any more then
   */
  record Ending(VipReason reason, Instant until, boolean out) {}

  static Holding of(Claim claim, Announcing announcing) {
    return new Holding(claim, announcing, null);
  }

  @Override
  public Instant deadline() {
    if (ending != null) {
      return ending.until();
    }
    return claim instanceof Claim.Valid valid && valid.leaveAt().isBefore(announcing.nextAt())
        ? valid.leaveAt()
        : announcing.nextAt();
  }

  @Override
  public Step on(HolderEvent event, Instant now, Announcements plan) {
    return switch (event) {
      case HolderEvent.Claimed claimed -> onClaim(claimed.claim(), now, plan);
      case HolderEvent.Leave leave -> onLeave(leave, now);
      case HolderEvent.SessionsEnded _ -> ending == null ? stay() : end(ending, now, plan);
      case HolderEvent.TimerExpired _ -> onTimer(now, plan);
      case HolderEvent.AddressLost _ ->
          ending == null && claim.covers(now)
              ? announceAnew(now, plan, new AddAddresses())
              : stay();
      case HolderEvent.AddressContested _ ->
          ending != null || announcing.nextAt().isBefore(now.plus(LULL))
              ? stay()
              : announceAnew(now, plan);
      case HolderEvent.PassOn _ -> ending == null ? passOn() : stay();
      case HolderEvent.Join _ -> stay();
    };
  }

  private Step stay() {
    return Step.of(this);
  }

  private Step onClaim(Claim next, Instant now, Announcements plan) {
    return switch (next) {
      case Claim.Valid valid -> {
        Holding renewed = new Holding(valid, announcing, ending);
        yield ending == null ? renewed.lapsed(now, plan) : Step.of(renewed);
      }
      case Claim.None none ->
          none.orderly()
              ? new Holding(none, announcing, ending).letGo(none.reason(), now)
              : remove(new Ending(none.reason(), now, false), new Waiting(none), now, plan);
    };
  }

  private Step onLeave(HolderEvent.Leave leave, Instant now) {
    if (!leave.orderly()) {
      Out out = new Out(claim);
      return Step.of(out, new RemoveAddresses(), new Transition(this, out, leave.reason()));
    }
    return ending == null
        ? ending(leave.reason(), now.plus(Claim.SESSIONS_END), true)
        : Step.of(new Holding(claim, announcing, new Ending(leave.reason(), ending.until(), true)));
  }

  private Step passOn() {
    Out out = new Out(claim);
    return Step.of(out, new Transition(this, out, VipReason.PASSED_ON));
  }

  private Step onTimer(Instant now, Announcements plan) {
    if (ending != null) {
      return now.isBefore(ending.until()) ? stay() : end(ending, now, plan);
    }
    return lapsed(now, plan);
  }

  /** Lets go if the claim comes to its end; announces what is due. */
  private Step lapsed(Instant now, Announcements plan) {
    if (claim instanceof Claim.Valid valid && !now.isBefore(valid.leaveAt())) {
      // Too late for an orderly end when this process did not run for a while.
      return now.isBefore(valid.goneAt())
          ? ending(valid.ifItEnds(), valid.goneAt(), false)
          : remove(new Ending(valid.ifItEnds(), now, false), new Waiting(claim), now, plan);
    }
    return announcing.due(now)
        ? Step.of(new Holding(claim, announcing.next(now, plan), null), new AnnounceAddresses())
        : stay();
  }

  private Step letGo(VipReason reason, Instant now) {
    return ending == null ? ending(reason, now.plus(Claim.SESSIONS_END), false) : stay();
  }

  private Step ending(VipReason reason, Instant until, boolean out) {
    return Step.of(
        new Holding(claim, announcing, new Ending(reason, until, out)), new EndSessions(reason));
  }

  private Step end(Ending done, Instant now, Announcements plan) {
    return remove(done, done.out() ? new Out(claim) : new Waiting(claim), now, plan);
  }

  private Step remove(Ending why, HolderState next, Instant now, Announcements plan) {
    Step then = next instanceof Waiting waiting ? waiting.after(now, plan) : Step.of(next);
    List<HolderAction> actions = new ArrayList<>();
    actions.add(new RemoveAddresses());
    actions.add(new Transition(this, next, why.reason()));
    actions.addAll(then.actions());
    return new Step(then.state(), List.copyOf(actions));
  }

  private Step announceAnew(Instant now, Announcements plan, HolderAction... before) {
    List<HolderAction> actions = new ArrayList<>(List.of(before));
    actions.add(new AnnounceAddresses());
    return new Step(new Holding(claim, Announcing.begun(now, plan), null), List.copyOf(actions));
  }
}
