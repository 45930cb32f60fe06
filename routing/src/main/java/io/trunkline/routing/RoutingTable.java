package io.trunkline.routing;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a new session needs to be placed, at one moment. Immutable.
 *
 * @param view what is known
 * @param write where writes go
 * @param returnedAt when each replica came back after an absence; members that have been there
 *     since the start are missing
 */
public record RoutingTable(ClusterView view, WriteDecision write, Map<String, Instant> returnedAt) {
  public RoutingTable {
    returnedAt = Map.copyOf(returnedAt);
  }

  /** The table for a new view, given the one before (none at the start). */
  public static RoutingTable next(
      ClusterView view, Optional<RoutingTable> before, WriteRouting routing) {
    WriteDecision last =
        before.map(RoutingTable::write).orElseGet(() -> WriteDecision.initial(view.startedAt()));
    return new RoutingTable(view, routing.decide(view, last), returned(view, before));
  }

  /** Why writes go where they go, for people: the reason, and what stands behind it. */
  public String why() {
    String sentence = write.reason().sentence();
    return switch (write.reason()) {
      case LEADER_UNCONFIRMED, LEADER_KEY_ALONE ->
          write
              .owner()
              .flatMap(view::member)
              .flatMap(leader -> leader.rest().failure())
              .map(failure -> sentence + " (" + failure + ")")
              .orElse(sentence);
      case STARTING,
          LEADER_KEY_AND_REST,
          LEADER_KEY_AND_SENTINEL,
          REST_LOCK,
          STANDBYS_STREAM,
          MAINTENANCE,
          SWITCHOVER_OVERDUE,
          SWITCHOVER_DUE,
          NO_LEADER,
          NO_PRIMARY,
          LEADER_UNKNOWN,
          LEADER_NOT_WRITABLE,
          LEADER_READ_ONLY,
          NO_PROXY_URL,
          NONE_ELIGIBLE,
          UNREACHABLE,
          STANDBY_CLUSTER,
          TIMELINE_REGRESSION,
          TWO_PRIMARIES,
          OUT_OF_SIGHT ->
          sentence;
    };
  }

  private static Map<String, Instant> returned(ClusterView view, Optional<RoutingTable> before) {
    if (before.isEmpty()) {
      return Map.of();
    }
    RoutingTable old = before.get();
    Map<String, Instant> returned = new HashMap<>();
    for (Member member : view.members().values()) {
      if (!ReadRouting.serves(member, view)) {
        continue;
      }
      boolean served =
          old.view()
              .member(member.name())
              .map(m -> ReadRouting.serves(m, old.view()))
              .orElse(false);
      if (served) {
        Optional.ofNullable(old.returnedAt().get(member.name()))
            .ifPresent(at -> returned.put(member.name(), at));
      } else if (old.view().members().values().stream()
          .anyMatch(m -> ReadRouting.serves(m, old.view()))) {
        returned.put(member.name(), view.at());
      }
    }
    return returned;
  }
}
