package io.trunkline.loadtest.verdict;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.LeaderChange;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What happened on a member after the leader key had come to name another one. */
public final class Superseded {
  private final GroundTruth truth;

  public Superseded(GroundTruth truth) {
    this.truth = truth;
  }

  /**
   * Acknowledged by a member that the key no longer named when the statement was sent, nor named
   * before the answer: a session that is kept has its statement wait for the next leader.
   */
  public List<Sample> commits(List<Sample> samples) {
    return samples.stream().filter(Sample::acknowledged).filter(this::superseded).toList();
  }

  private boolean superseded(Sample sample) {
    Instant start = sample.statementStart();
    String server = sample.server();
    if (start == null || server == null || truth.leaderAt(start).isEmpty()) {
      return false;
    }
    Optional<String> member = truth.memberAt(server);
    return !truth.leaderAt(start).equals(member)
        && truth.leaders().stream()
            .filter(change -> change.at().isAfter(start) && !change.at().isAfter(sample.end()))
            .noneMatch(change -> member.equals(Optional.of(change.member())));
  }

  /**
   * The longest time that a session with the former leader lived after the key had changed. A
   * session shows its end to the first attempt that fails on it; one that never did has lived until
   * the last sample that its own member answered: a session that is kept goes on elsewhere.
   */
  Optional<Duration> longestSession(List<Sample> samples) {
    return truth.leaders().stream()
        .skip(1)
        .flatMap(change -> lifetime(change, samples).stream())
        .max(Comparator.naturalOrder());
  }

  private Optional<Duration> lifetime(LeaderChange change, List<Sample> samples) {
    Optional<Sample> before =
        samples.stream()
            .filter(s -> s.session() > 0 && s.acknowledged() && !s.end().isAfter(change.at()))
            .reduce((a, b) -> b)
            .filter(s -> !leads(change, s));
    if (before.isEmpty()) {
      return Optional.empty();
    }
    long session = before.get().session();
    String server = before.get().server();
    Instant end =
        samples.stream()
            .filter(s -> s.session() == session)
            .filter(s -> s.server() == null || s.server().equals(server))
            .map(Sample::end)
            .max(Comparator.naturalOrder())
            .orElse(change.at());
    return end.isAfter(change.at())
        ? Optional.of(Duration.between(change.at(), end))
        : Optional.empty();
  }

  private boolean leads(LeaderChange change, Sample sample) {
    String server = sample.server();
    return server != null && truth.memberAt(server).equals(Optional.of(change.member()));
  }
}
