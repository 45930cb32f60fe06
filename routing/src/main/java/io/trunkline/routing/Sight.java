package io.trunkline.routing;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/** When this node last saw enough of a cluster to know that it is not on its own. */
final class Sight {
  private Sight() {}

  /** When etcd last answered with a quorum; {@link Instant#MIN} if never. */
  static Instant ofDcs(ClusterView view) {
    return switch (view.dcs()) {
      case DcsHealth.Absent _ -> Instant.MIN;
      case DcsHealth.Connected connected -> connected.confirmedAt();
      case DcsHealth.Lost lost -> lost.confirmedAt();
    };
  }

  /** The latest moment since which most of the members that count have answered. */
  static Instant ofMost(ClusterView view) {
    List<Member> members = view.members().values().stream().filter(Member::counted).toList();
    List<Instant> answers =
        members.stream()
            .flatMap(member -> member.rest().last().stream())
            .map(RestAnswer::at)
            .sorted(Comparator.reverseOrder())
            .toList();
    int most = members.size() / 2;
    return answers.size() > most ? answers.get(most) : Instant.MIN;
  }

  /** Whether most members have answered within that age. */
  static boolean ofMostWithin(ClusterView view, Duration age) {
    return within(ofMost(view), view.at(), age);
  }

  /** Whether neither etcd nor most members have been seen within that age. */
  static boolean lost(ClusterView view, Duration age) {
    return !within(ofDcs(view), view.at(), age)
        && !ofMostWithin(view, age)
        && !within(view.startedAt(), view.at(), age);
  }

  private static boolean within(Instant moment, Instant now, Duration age) {
    return !moment.isBefore(now.minus(age));
  }
}
