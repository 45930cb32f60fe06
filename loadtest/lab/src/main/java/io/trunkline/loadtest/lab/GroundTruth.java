package io.trunkline.loadtest.lab;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What truly happened in the cluster: the leader key as etcd changed it, the promotions as the
 * members themselves recorded them.
 *
 * @param leaders every change of the leader key to another member, in order
 * @param promotions of all members, in the order in which they accepted writes
 * @param tenures the times in which a member accepted writes, by its own account
 * @param members names by address
 */
public record GroundTruth(
    List<KeyEvent> events,
    List<LeaderChange> leaders,
    List<Promotion> promotions,
    List<Tenure> tenures,
    Map<String, String> members) {

  static GroundTruth of(List<KeyEvent> events, List<Member> members, Map<String, String> names) {
    List<Promotion> promotions =
        members.stream()
            .flatMap(m -> PromotionLog.read(m).stream())
            .sorted(Comparator.comparing(Promotion::acceptsWrites))
            .toList();
    List<Tenure> tenures =
        members.stream().flatMap(m -> ServerLog.read(m).tenures(m.name()).stream()).toList();
    return new GroundTruth(events, leaders(events), promotions, tenures, Map.copyOf(names));
  }

  /** The member that the leader key named at this moment, or named last. */
  public Optional<String> leaderAt(Instant moment) {
    return lastChange(moment).map(LeaderChange::member);
  }

  /** The last change of the leader key at this moment, or before. */
  public Optional<LeaderChange> lastChange(Instant moment) {
    return leaders.stream()
        .filter(change -> !change.at().isAfter(moment))
        .reduce((_, last) -> last);
  }

  public Optional<String> memberAt(String address) {
    return Optional.ofNullable(members.get(address));
  }

  static List<LeaderChange> leaders(List<KeyEvent> events) {
    List<LeaderChange> changes = new ArrayList<>();
    String last = "";
    for (KeyEvent event : events) {
      String text = event.text();
      if (event.key().equals("leader") && text != null && !text.equals(last)) {
        changes.add(new LeaderChange(text, event.at()));
        last = text;
      }
    }
    return List.copyOf(changes);
  }
}
