package io.trunkline.vip.lease;

import io.trunkline.vip.VipReason;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.HolderAction;
import io.trunkline.vip.claim.HolderEvent;
import io.trunkline.vip.claim.HolderState;
import io.trunkline.vip.claim.Holding;
import io.trunkline.vip.claim.Out;
import io.trunkline.vip.vrrp.Announcements;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * One node: both state machines, and a kernel that keeps an address for three seconds after it was
 * last renewed. While it is frozen, what arrives waits.
 */
final class SimulatedNode {
  private static final Duration RENEWAL = Duration.ofMillis(500);
  private static final Announcements QUIET = new Announcements(1, Duration.ZERO, Duration.ZERO);

  final String name;
  private final LeaseTerms terms;
  private final Consumer<LeaseAction> etcd;
  private final Deque<LeaseEvent> arrived = new ArrayDeque<>();
  LeaseState lease = new Absent(false);
  HolderState state = new Out(lease.claim());
  Instant addressesUntil = Instant.MIN;
  boolean frozen;
  private Instant renewedAt = Instant.MIN;
  private Instant sessionsEnd = Instant.MAX;
  private boolean covered;

  SimulatedNode(String name, Duration ttl, Consumer<LeaseAction> etcd) {
    this.name = name;
    this.terms = new LeaseTerms(name, ttl);
    this.etcd = etcd;
  }

  /** Whether its kernel answers for the addresses. */
  boolean hasAddresses(Instant now) {
    return now.isBefore(addressesUntil);
  }

  boolean serving() {
    return switch (lease) {
      case Absent absent -> absent.serving();
      case Candidate candidate -> candidate.serving();
    };
  }

  boolean out() {
    return state instanceof Out;
  }

  Instant deadline() {
    if (frozen) {
      return Instant.MAX;
    }
    Instant first = earlier(lease.deadline(), state.deadline());
    first = earlier(first, sessionsEnd);
    return covered && renews(renewedAt.plus(RENEWAL))
        ? earlier(first, renewedAt.plus(RENEWAL))
        : first;
  }

  private boolean renews(Instant at) {
    return state instanceof Holding && state.claim().covers(at);
  }

  void arrive(LeaseEvent event, Instant now) {
    arrived.add(event);
    if (!frozen) {
      turn(now);
    }
  }

  /** What has arrived first, then what is due. */
  void turn(Instant now) {
    for (LeaseEvent event = arrived.poll(); event != null; event = arrived.poll()) {
      step(event, now);
    }
    if (!now.isBefore(lease.deadline())) {
      step(new LeaseEvent.TimerExpired(), now);
    }
    if (!now.isBefore(sessionsEnd)) {
      sessionsEnd = Instant.MAX;
      step(new HolderEvent.SessionsEnded(), now);
    }
    if (!now.isBefore(state.deadline())) {
      step(new HolderEvent.TimerExpired(), now);
    }
    covered = renews(now);
    if (covered && !now.isBefore(renewedAt.plus(RENEWAL))) {
      renew(now);
    }
  }

  void join(Instant now) {
    if (out()) {
      step(new HolderEvent.Join(), now);
      step(new LeaseEvent.Join(), now);
    }
  }

  void leave(boolean orderly, Instant now) {
    step(new HolderEvent.Leave(orderly ? VipReason.RELEASED : VipReason.LINK_DOWN, orderly), now);
  }

  void serve(boolean serving, Instant now) {
    step(new LeaseEvent.Serving(serving), now);
  }

  private void step(LeaseEvent event, Instant now) {
    LeaseState.Step step = lease.on(event, now, terms);
    lease = step.state();
    step.actions().forEach(etcd);
    if (!lease.claim().equals(state.claim())) {
      step(new HolderEvent.Claimed(lease.claim()), now);
    }
  }

  private void step(HolderEvent event, Instant now) {
    HolderState.Step step = state.on(event, now, QUIET);
    state = step.state();
    for (HolderAction action : step.actions()) {
      switch (action) {
        case HolderAction.AddAddresses _ -> renew(now);
        case HolderAction.RemoveAddresses _ -> addressesUntil = Instant.MIN;
        case HolderAction.EndSessions _ -> sessionsEnd = now.plusMillis(300);
        case HolderAction.AnnounceAddresses _, HolderAction.Transition _ -> {}
      }
    }
    if (state instanceof Out && lease instanceof Candidate) {
      step(new LeaseEvent.Leave(), now);
    } else if (!(state instanceof Holding)
        && state.claim() instanceof Claim.None none
        && none.orderly()) {
      step(new LeaseEvent.Vacated(), now);
    }
  }

  private void renew(Instant now) {
    renewedAt = now;
    addressesUntil = now.plusSeconds(3);
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
