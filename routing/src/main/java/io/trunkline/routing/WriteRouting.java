package io.trunkline.routing;

import io.trunkline.config.ClusterConfig.OnIsolation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Decides where a cluster's writes go: view in, decision out.
 *
 * <p>With a quorum, etcd's leader key outranks whatever any member says of itself. Without one,
 * Patroni's REST APIs are believed as long as most members can be seen. A member that the key no
 * longer names never gets its role back from anything but the key or a promotion. Where a sentinel
 * watches the leader, PostgreSQL itself says whether it takes writes; it never says who leads.
 * Where neither etcd nor most REST APIs can be seen, what sentinels see of the replication may show
 * that the last primary still is the primary.
 */
public final class WriteRouting {
  private final WritePolicy policy;

  public WriteRouting(WritePolicy policy) {
    this.policy = policy;
  }

  /** The decision for that view, made at {@link ClusterView#at()}. */
  public WriteDecision decide(ClusterView view, WriteDecision before) {
    WriteDecision next =
        switch (view.dcs()) {
          case DcsHealth.Connected _ -> byLeaderKey(view, before);
          case DcsHealth.Lost _ -> byRest(view, before, WriteState.DEGRADED);
          case DcsHealth.Absent _ -> byRest(view, before, WriteState.OPEN);
        };
    return next.sameAs(before) ? before : next;
  }

  private WriteDecision byLeaderKey(ClusterView view, WriteDecision before) {
    if (view.mark().regression().isPresent()) {
      return hold(view, before, WriteReason.TIMELINE_REGRESSION);
    }
    if (view.leader().isEmpty()) {
      return withoutLeader(view, before);
    }
    LeaderKey key = view.leader().get();
    Optional<Member> leader = view.member(key.member());
    Optional<Target> target = leader.flatMap(WriteRouting::target);
    if (target.isEmpty()) {
      return held(view, key.member(), WriteState.HOLDING, WriteReason.LEADER_UNKNOWN);
    }
    boolean open = before.target().map(Target::member).equals(Optional.of(key.member()));
    Writability writability = Writability.of(leader.get(), key, view.at(), open);
    if (switchoverPending(view, key)) {
      boolean overdue = view.failover().get().dueSince().isBefore(oldestSwitchover(view.at()));
      boolean confirmed =
          writability == Writability.BY_REST || writability == Writability.BY_SENTINEL;
      if (!overdue || !confirmed) {
        return held(view, key.member(), WriteState.SWITCHING, WriteReason.SWITCHOVER_DUE);
      }
      return open(view, target.get(), WriteState.OPEN, WriteReason.SWITCHOVER_OVERDUE);
    }
    return byWritability(view, writability, target.get(), WriteState.OPEN);
  }

  private static WriteDecision byWritability(
      ClusterView view, Writability writability, Target target, WriteState openState) {
    String member = target.member();
    return switch (writability) {
      case BY_SENTINEL -> open(view, target, openState, WriteReason.LEADER_KEY_AND_SENTINEL);
      case BY_REST -> open(view, target, openState, WriteReason.LEADER_KEY_AND_REST);
      case BY_KEY -> open(view, target, openState, WriteReason.LEADER_KEY_ALONE);
      case NO -> held(view, member, WriteState.HOLDING, WriteReason.LEADER_NOT_WRITABLE);
      case UNCONFIRMED -> held(view, member, WriteState.HOLDING, WriteReason.LEADER_UNCONFIRMED);
      case READ_ONLY -> held(view, member, WriteState.HOLDING, WriteReason.LEADER_READ_ONLY);
      case STANDBY -> held(view, member, WriteState.HOLDING, WriteReason.STANDBY_CLUSTER);
    };
  }

  private Instant oldestSwitchover(Instant now) {
    return now.minus(policy.switchoverLimit());
  }

  private static WriteDecision withoutLeader(ClusterView view, WriteDecision before) {
    Optional<Target> last = before.target();
    if (view.maintenance() && last.isPresent()) {
      return open(view, last.get(), WriteState.OPEN, WriteReason.MAINTENANCE);
    }
    return hold(view, before, WriteReason.NO_LEADER);
  }

  private static boolean switchoverPending(ClusterView view, LeaderKey key) {
    return view.failover()
        .filter(failover -> failover.due(view.at()))
        .filter(failover -> failover.leader().map(key.member()::equals).orElse(true))
        .filter(failover -> !failover.candidate().equals(Optional.of(key.member())))
        .isPresent();
  }

  private WriteDecision byRest(ClusterView view, WriteDecision before, WriteState openState) {
    Optional<WriteDecision> shown = byReplication(view, before);
    if (shown.isPresent()) {
      return shown.get();
    }
    if (Sight.lost(view, policy.isolationGrace())) {
      boolean neverSeen = view.members().isEmpty() && before.owner().isEmpty();
      return neverSeen ? hold(view, before, WriteReason.STARTING) : isolated(view, before);
    }
    if (!Sight.ofMostWithin(view, policy.isolationGrace())) {
      return blink(view, before, openState);
    }
    List<Member> primaries =
        unsucceeded(
            view.members().values().stream()
                .filter(member -> saysPrimary(member, view, before))
                .toList());
    if (primaries.size() > 1) {
      return hold(view, before, WriteReason.TWO_PRIMARIES);
    }
    if (primaries.isEmpty()) {
      return hold(view, before, WriteReason.NO_PRIMARY);
    }
    Member primary = primaries.getFirst();
    if (doubtful(primary, view, before)) {
      return hold(view, before, WriteReason.TIMELINE_REGRESSION);
    }
    Optional<Target> target = target(primary);
    if (target.isEmpty()) {
      return hold(view, before, WriteReason.LEADER_UNKNOWN);
    }
    return Writability.contradiction(primary, Instant.MIN, view.at())
        .map(against -> byWritability(view, against, target.get(), openState))
        .orElseGet(() -> open(view, target.get(), openState, WriteReason.REST_LOCK));
  }

  /**
   * Where most members' REST APIs cannot be seen either, PostgreSQL itself may show that the
   * primary has not been superseded. It makes nobody the primary who was not.
   */
  private Optional<WriteDecision> byReplication(ClusterView view, WriteDecision before) {
    if (Sight.ofMostWithin(view, policy.isolationGrace())) {
      return Optional.empty();
    }
    return Replication.primary(view, policy.isolationGrace())
        .filter(primary -> before.owner().equals(Optional.of(primary.name())))
        .filter(primary -> sentinelTimeline(primary) >= view.mark().timeline())
        .filter(primary -> !view.mark().keyHasLeft(primary.name()))
        .flatMap(WriteRouting::target)
        .map(to -> open(view, to, WriteState.DEGRADED, WriteReason.STANDBYS_STREAM));
  }

  private static long sentinelTimeline(Member member) {
    return member
        .sentinel()
        .flatMap(SentinelHealth::last)
        .map(SentinelAnswer::timeline)
        .orElse(OptionalLong.empty())
        .orElse(0);
  }

  /** Sight was lost a moment ago, within the grace: what was decided before stands. */
  private static WriteDecision blink(ClusterView view, WriteDecision before, WriteState openState) {
    Optional<Target> last = before.target();
    if (last.isEmpty()) {
      return before;
    }
    return new WriteDecision(
        openState, before.reason(), last, before.owner(), before.blocked(), view.at());
  }

  private WriteDecision isolated(ClusterView view, WriteDecision before) {
    boolean keep = policy.onIsolation() == OnIsolation.KEEP;
    return new WriteDecision(
        WriteState.ISOLATED,
        WriteReason.OUT_OF_SIGHT,
        keep ? before.target() : Optional.empty(),
        before.owner(),
        !keep || before.blocked(),
        view.at());
  }

  private boolean saysPrimary(Member member, ClusterView view, WriteDecision before) {
    Instant oldest = view.at().minus(policy.isolationGrace());
    return member
        .rest()
        .last()
        .filter(answer -> !answer.at().isBefore(oldest))
        .filter(RestAnswer::running)
        .filter(answer -> answer.holdsLock() || inMaintenance(member, view, before))
        .filter(answer -> answer.role() == Role.PRIMARY)
        .isPresent();
  }

  /**
   * Without those that answer no more while another one, on a newer timeline, does: it was promoted
   * because they had lost the lock.
   */
  private static List<Member> unsucceeded(List<Member> primaries) {
    return primaries.stream()
        .filter(former -> primaries.stream().noneMatch(other -> succeeds(other, former)))
        .toList();
  }

  private static boolean succeeds(Member other, Member former) {
    RestAnswer now = other.rest().last().orElseThrow();
    RestAnswer then = former.rest().last().orElseThrow();
    return former.rest().failure().isPresent()
        && other.rest().failure().isEmpty()
        && now.askedAt().isAfter(then.at())
        && then.timeline().isPresent()
        && now.timeline().orElse(0) > then.timeline().getAsLong();
  }

  /** In maintenance Patroni promotes no member, and without etcd its lock runs out. */
  private static boolean inMaintenance(Member member, ClusterView view, WriteDecision before) {
    return view.maintenance() && before.owner().equals(Optional.of(member.name()));
  }

  /**
   * Whether a primary may have been superseded: it has branched off, the leader key has left it
   * since it was promoted, or it takes over from another member without a timeline that proves a
   * promotion.
   */
  private static boolean doubtful(Member member, ClusterView view, WriteDecision before) {
    TimelineMark mark = view.mark();
    OptionalLong timeline =
        member.rest().last().map(RestAnswer::timeline).orElse(OptionalLong.empty());
    boolean branchedOff =
        timeline.isPresent()
            && mark.branchedOff(
                member.name(),
                timeline.getAsLong(),
                other -> another(other, member) && view.member(other).isPresent());
    boolean takesOver = before.owner().filter(owner -> another(owner, member)).isPresent();
    boolean proven = timeline.isPresent() && mark.member().equals(Optional.of(member.name()));
    return branchedOff || mark.keyHasLeft(member.name()) || (takesOver && !proven);
  }

  /** Whether that is the name of another one; as long as it has none, a member has its address. */
  private static boolean another(String name, Member member) {
    return !name.equals(member.name())
        && member.postgres().filter(it -> Member.isAddressOf(name, it)).isEmpty();
  }

  private static Optional<Target> target(Member member) {
    return member.postgres().map(postgres -> new Target(member.name(), postgres));
  }

  private static WriteDecision open(
      ClusterView view, Target target, WriteState state, WriteReason reason) {
    return new WriteDecision(
        state, reason, Optional.of(target), Optional.of(target.member()), false, view.at());
  }

  /** New sessions wait, those on the leader go on. */
  private static WriteDecision held(
      ClusterView view, String owner, WriteState state, WriteReason reason) {
    return new WriteDecision(state, reason, Optional.empty(), Optional.of(owner), false, view.at());
  }

  /** Everybody waits: what the last primary commits now could be lost. */
  private static WriteDecision hold(ClusterView view, WriteDecision before, WriteReason reason) {
    return new WriteDecision(
        WriteState.HOLDING,
        reason,
        Optional.empty(),
        before.owner(),
        before.owner().isPresent(),
        view.at());
  }
}
