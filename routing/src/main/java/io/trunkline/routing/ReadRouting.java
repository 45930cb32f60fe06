package io.trunkline.routing;

import io.trunkline.config.DialTarget;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides whether a member may take new sessions of a read route. */
public final class ReadRouting {
  private final RouteKind route;
  private final OptionalLong maxLag;
  private final DialTarget target;

  /** Of that listener's route. */
  public ReadRouting(ListenerConfig listener) {
    this(listener.route(), listener);
  }

  /** Of another route of that listener: its fallback. */
  ReadRouting(RouteKind route, ListenerConfig listener) {
    this.route = route;
    this.maxLag = listener.maxLag();
    this.target = listener.target();
  }

  /** Why that member is, or is not, eligible. */
  public ReadReason judge(Member member, ClusterView view, WriteDecision write) {
    if (member.postgres().isEmpty()) {
      return ReadReason.NO_ADDRESS;
    }
    boolean primary = write.target().map(Target::member).equals(Optional.of(member.name()));
    ReadReason byRole =
        switch (route) {
          case PRIMARY -> primary ? ReadReason.ELIGIBLE : ReadReason.NOT_PRIMARY;
          case ANY -> primary ? ReadReason.ELIGIBLE : replica(member, view, write);
          case REPLICA -> primary ? ReadReason.IS_PRIMARY : replica(member, view, write);
          case SYNC -> sync(member, view, write, true);
          case ASYNC -> sync(member, view, write, false);
          case STANDBY_LEADER -> standbyLeader(member, view);
        };
    return byRole == ReadReason.ELIGIBLE && member.address(target).isEmpty()
        ? ReadReason.NO_PROXY_URL
        : byRole;
  }

  /** How many bytes of WAL that member still has to replay; empty when unknown. */
  public static OptionalLong lag(Member member, ClusterView view) {
    OptionalLong replayed = member.position();
    if (view.leaderLsn().isEmpty() || replayed.isEmpty()) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(Math.max(0, view.leaderLsn().getAsLong() - replayed.getAsLong()));
  }

  private ReadReason sync(Member member, ClusterView view, WriteDecision write, boolean wanted) {
    if (view.syncStandbys().contains(member.name()) != wanted) {
      return wanted ? ReadReason.NOT_SYNC : ReadReason.IS_SYNC;
    }
    return replica(member, view, write);
  }

  private static ReadReason standbyLeader(Member member, ClusterView view) {
    if (silent(member, view)) {
      return ReadReason.SILENT;
    }
    return member.role() == Role.STANDBY_LEADER
        ? ReadReason.ELIGIBLE
        : ReadReason.NOT_STANDBY_LEADER;
  }

  private ReadReason replica(Member member, ClusterView view, WriteDecision write) {
    if (silent(member, view)) {
      return ReadReason.SILENT;
    }
    if (member.role() != Role.REPLICA) {
      return ReadReason.NOT_A_REPLICA;
    }
    if (!member.running()) {
      return ReadReason.NOT_RUNNING;
    }
    if (member.tags().noLoadBalance()) {
      return ReadReason.NO_LOAD_BALANCE;
    }
    if (!streaming(member) && streamable(write)) {
      return ReadReason.NOT_STREAMING;
    }
    OptionalLong lag = lag(member, view);
    if (maxLag.isPresent() && lag.isPresent() && lag.getAsLong() > maxLag.getAsLong()) {
      return ReadReason.LAGGING;
    }
    return ReadReason.ELIGIBLE;
  }

  /** Whether PostgreSQL on that member serves anybody, as far as is known. */
  static boolean serves(Member member, ClusterView view) {
    return switch (member.role()) {
      case PRIMARY, REPLICA, STANDBY_LEADER -> member.running() && !silent(member, view);
      case PROMOTED, DEMOTED, UNINITIALIZED, UNKNOWN -> false;
    };
  }

  /**
   * With etcd, a member that lives has a key, whatever its REST API does. Without, its REST API
   * must have answered; when this node sees nobody at all, the last word of everybody stands.
   */
  private static boolean silent(Member member, ClusterView view) {
    boolean restFails = member.rest().failure().isPresent() || member.rest().last().isEmpty();
    if (!restFails) {
      return false;
    }
    return switch (view.dcs()) {
      case DcsHealth.Connected _ -> member.dcs().isEmpty();
      case DcsHealth.Lost _, DcsHealth.Absent _ -> !blind(view);
    };
  }

  private static boolean blind(ClusterView view) {
    return view.members().values().stream().allMatch(member -> member.rest().failure().isPresent());
  }

  private static boolean streaming(Member member) {
    return member.freshest(RestAnswer::streaming, DcsMember::streaming).orElse(true);
  }

  /** Whether there is a leader to stream from: while there is none, no replica streams. */
  private static boolean streamable(WriteDecision write) {
    return write.target().isPresent() || write.reason() == WriteReason.STANDBY_CLUSTER;
  }
}
