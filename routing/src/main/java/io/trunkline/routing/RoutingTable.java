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
