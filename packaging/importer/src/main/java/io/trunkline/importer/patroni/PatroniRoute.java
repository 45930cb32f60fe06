package io.trunkline.importer.patroni;

import static io.trunkline.importer.patroni.PatroniMember.ASYNC;
import static io.trunkline.importer.patroni.PatroniMember.DOWN;
import static io.trunkline.importer.patroni.PatroniMember.NOT_BALANCED;
import static io.trunkline.importer.patroni.PatroniMember.PRIMARY;
import static io.trunkline.importer.patroni.PatroniMember.QUORUM;
import static io.trunkline.importer.patroni.PatroniMember.REPLICAS;
import static io.trunkline.importer.patroni.PatroniMember.STANDBY_LEADER;
import static io.trunkline.importer.patroni.PatroniMember.SYNC;

import io.trunkline.config.RouteKind;
import io.trunkline.importer.common.Note;
import io.trunkline.importer.common.Text;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The route that goes to the members that a check finds up.
 *
 * @param maxLag as Trunkline writes it
 * @param notes what the route does not say
 */
public record PatroniRoute(
    RouteKind route, Optional<RouteKind> fallback, Optional<String> maxLag, List<Note> notes) {
  public PatroniRoute {
    notes = List.copyOf(notes);
  }

  /** Empty when that cannot be told, or when there is no such route. */
  public static Optional<PatroniRoute> of(HttpCheck check) {
    return check.passing().flatMap(passing -> of(passing, check.requests()));
  }

  private static Optional<PatroniRoute> of(
      Set<PatroniMember> passing, List<PatroniRequest> requests) {
    Set<PatroniMember> replicas = EnumSet.copyOf(passing);
    replicas.retainAll(REPLICAS);
    List<Note> notes = new ArrayList<>();
    if (passing.contains(DOWN) || passing.contains(NOT_BALANCED)) {
      notes.add(
          Note.changed(
              "members whose PostgreSQL does not run, or replicas with the tag noloadbalance, were"
                  + " up by this check; they are left out"));
    }
    Optional<RouteKind> fallback =
        Optional.of(RouteKind.PRIMARY)
            .filter(it -> passing.contains(PRIMARY) && isSynchronous(replicas));
    Optional<RouteKind> route =
        replicas.isEmpty() ? leading(passing, notes) : standingBy(passing, replicas, notes);
    Optional<String> lag = parameters(requests, notes);
    return route.map(it -> new PatroniRoute(it, fallback, lag, notes));
  }

  private static Optional<RouteKind> leading(Set<PatroniMember> passing, List<Note> notes) {
    if (passing.stream().anyMatch(it -> it.isOddReplica() && it != NOT_BALANCED)) {
      return Optional.empty();
    }
    boolean standbyLeader = passing.contains(STANDBY_LEADER);
    if (!passing.contains(PRIMARY)) {
      return Optional.of(RouteKind.STANDBY_LEADER).filter(it -> standbyLeader);
    }
    if (standbyLeader) {
      notes.add(
          Note.changed(
              "it also means the leader of a standby cluster; route primary does not: write route:"
                  + " standby_leader where that is wanted"));
    }
    return Optional.of(RouteKind.PRIMARY);
  }

  private static Optional<RouteKind> standingBy(
      Set<PatroniMember> passing, Set<PatroniMember> replicas, List<Note> notes) {
    boolean primary = passing.contains(PRIMARY);
    if (replicas.equals(REPLICAS)) {
      return Optional.of(primary ? RouteKind.ANY : RouteKind.REPLICA);
    }
    if (replicas.equals(Set.of(ASYNC)) && !primary) {
      return Optional.of(RouteKind.ASYNC);
    }
    if (!isSynchronous(replicas)) {
      return Optional.empty();
    }
    if (replicas.contains(QUORUM)) {
      notes.add(
          Note.changed(
              "route sync is whom Patroni lists as a synchronous or a quorum standby; a quorum"
                  + " standby need not have the latest commit"));
    }
    if (primary) {
      notes.add(
          Note.changed(
              "the primary takes reads only when no synchronous standby does, not beside them"));
    }
    return Optional.of(RouteKind.SYNC);
  }

  private static boolean isSynchronous(Set<PatroniMember> replicas) {
    return replicas.equals(Set.of(SYNC)) || replicas.equals(Set.of(QUORUM));
  }

  /** What the query asks, as far as it does: the lag that is allowed. */
  private static Optional<String> parameters(List<PatroniRequest> requests, List<Note> notes) {
    Optional<String> lag = Optional.empty();
    for (PatroniRequest request : requests) {
      for (PatroniRequest.Parameter parameter : request.parameters()) {
        String name = Text.shown(parameter.name());
        if (parameter.name().equals("lag")) {
          Optional<String> size = PatroniRequest.size(parameter.value());
          lag = lag.or(() -> size);
          if (size.isEmpty()) {
            notes.add(Note.lost("lag=" + Text.shown(parameter.value()) + " is not a size"));
          }
        } else if (parameter.name().startsWith("tag_")) {
          notes.add(
              Note.lost(
                  name + ": members cannot be chosen by it; weights and zone can prefer some"));
        } else if (parameter.name().equals("replication_state")) {
          if (!parameter.value().equals("streaming")) {
            notes.add(
                Note.lost(name + ": replicas are used while they stream, and in no other state"));
          }
        } else {
          notes.add(Note.lost(name + ": Patroni knows no such parameter"));
        }
      }
    }
    return lag;
  }
}
