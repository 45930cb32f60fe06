package io.trunkline.routing;

import io.trunkline.routing.SentinelAnswer.Access;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What PostgreSQL itself shows of a cluster where neither etcd nor Patroni can be asked: who takes
 * writes, and who streams from it.
 */
final class Replication {
  private Replication() {}

  /**
   * The member that takes writes, if this node is then not on the small side of a partition: most
   * members have answered a sentinel within that age, it is the only one of them out of recovery,
   * and more than half of all others are standbys that stream from it on its timeline. None of its
   * answers may be contradicted by what Patroni says within that age.
   */
  static Optional<Member> primary(ClusterView view, Duration age) {
    List<Member> members = view.members().values().stream().filter(Member::counted).toList();
    Map<String, SentinelAnswer> answers = new HashMap<>();
    for (Member member : members) {
      member
          .sentinel()
          .flatMap(sentinel -> sentinel.within(age, view.at()))
          .ifPresent(answer -> answers.put(member.name(), answer));
    }
    List<Member> outOfRecovery =
        view.members().values().stream()
            .filter(member -> isOutOfRecovery(member, view, age))
            .toList();
    if (2 * answers.size() <= members.size() || outOfRecovery.size() != 1) {
      return Optional.empty();
    }
    Member primary = outOfRecovery.getFirst();
    SentinelAnswer its = answers.get(primary.name());
    if (its == null || its.access() != Access.READ_WRITE || its.timeline().isEmpty()) {
      return Optional.empty();
    }
    Upstream upstream = new Upstream(primary.postgres().orElseThrow(), its.timeline().getAsLong());
    long streaming =
        answers.values().stream()
            .filter(answer -> answer.access() == Access.IN_RECOVERY)
            .filter(answer -> answer.upstream().equals(Optional.of(upstream)))
            .count();
    boolean most = 2 * streaming > members.size() - 1;
    return most && !contradicted(primary, view, age) ? Optional.of(primary) : Optional.empty();
  }

  private static boolean isOutOfRecovery(Member member, ClusterView view, Duration age) {
    return member
        .sentinel()
        .flatMap(sentinel -> sentinel.within(age, view.at()))
        .filter(
            answer -> answer.access() == Access.READ_WRITE || answer.access() == Access.READ_ONLY)
        .isPresent();
  }

  /** Whether Patroni says that it has lost the lock, or that another member holds it. */
  private static boolean contradicted(Member primary, ClusterView view, Duration age) {
    return view.members().values().stream()
        .anyMatch(
            member ->
                member
                    .rest()
                    .last()
                    .filter(answer -> !answer.at().isBefore(view.at().minus(age)))
                    .filter(answer -> answer.holdsLock() != member.name().equals(primary.name()))
                    .isPresent());
  }
}
