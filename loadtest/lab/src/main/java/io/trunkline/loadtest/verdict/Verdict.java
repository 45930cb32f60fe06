package io.trunkline.loadtest.verdict;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.Lab;
import io.trunkline.loadtest.workload.Outcome;
import io.trunkline.loadtest.workload.Sample;
import io.trunkline.loadtest.workload.Writer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a writer went through.
 *
 * @param acknowledged commits that the client was told of
 * @param lost acknowledged commits that the final primary does not hold
 * @param longestGap the longest time without an acknowledged commit, from the writer's start to its
 *     stop: a writer that never recovers has a gap until it was stopped
 * @param patroniShare of the longest gap, until a new primary accepted writes
 * @param proxyShare of the longest gap, from then on
 * @param supersededCommits acknowledged by a member when the leader key already named another
 * @param supersededSession how long a session with the former leader outlived the change of the
 *     leader key; empty when none did
 * @param connectionsRefused attempts to connect that were refused
 * @param connectionsFailed attempts to connect that failed otherwise
 * @param readOnly statements that met a read-only server (25006)
 * @param unfinished attempts that still hung when the writer was stopped
 * @param errors attempts that failed, by SQLSTATE
 * @param sessions connections that the writer opened
 */
public record Verdict(
    String name,
    int acknowledged,
    int lost,
    Gap longestGap,
    Duration patroniShare,
    Duration proxyShare,
    int supersededCommits,
    Optional<Duration> supersededSession,
    int connectionsRefused,
    int connectionsFailed,
    int readOnly,
    int unfinished,
    Map<String, Integer> errors,
    long sessions) {

  private static final String READ_ONLY_SQL_TRANSACTION = "25006";

  /** Stops the writer and judges what it saw; the cluster must have a primary that answers. */
  public static Verdict of(Writer writer, Lab lab) {
    List<Sample> samples = writer.stop();
    try {
      Set<Long> surviving = writer.surviving(lab.direct(lab.primary()));
      return of(writer.name(), samples, lab.truth(), surviving);
    } catch (SQLException e) {
      throw new IllegalStateException("cannot read back what " + writer.name() + " wrote", e);
    }
  }

  /** Judges samples, in the order in which they were taken, by the ground truth. */
  public static Verdict of(
      String name, List<Sample> samples, GroundTruth truth, Set<Long> surviving) {
    if (samples.isEmpty()) {
      throw new IllegalArgumentException(name + " has made no attempt");
    }
    Gap gap = longestGap(samples);
    Shares shares = Shares.of(gap, samples, truth);
    Superseded superseded = new Superseded(truth);
    return new Verdict(
        name,
        count(samples, Outcome.ACKNOWLEDGED),
        (int) samples.stream().filter(s -> s.acknowledged() && !surviving.contains(s.id())).count(),
        gap,
        shares.patroni(),
        shares.proxy(),
        superseded.commits(samples).size(),
        superseded.longestSession(samples),
        count(samples, Outcome.CONNECTION_REFUSED),
        count(samples, Outcome.CONNECTION_FAILED),
        (int) samples.stream().filter(s -> READ_ONLY_SQL_TRANSACTION.equals(s.sqlState())).count(),
        count(samples, Outcome.UNFINISHED),
        errors(samples),
        samples.stream().mapToLong(Sample::session).max().orElse(0));
  }

  private static Gap longestGap(List<Sample> samples) {
    Instant last = samples.getFirst().start();
    Gap longest = new Gap(last, last);
    for (Sample sample : samples) {
      if (sample.acknowledged()) {
        longest = longer(longest, new Gap(last, sample.end()));
        last = sample.end();
      }
    }
    return longer(longest, new Gap(last, samples.getLast().end()));
  }

  private static Gap longer(Gap a, Gap b) {
    return b.longerThan(a) ? b : a;
  }

  private static int count(List<Sample> samples, Outcome outcome) {
    return (int) samples.stream().filter(s -> s.outcome() == outcome).count();
  }

  private static Map<String, Integer> errors(List<Sample> samples) {
    return samples.stream()
        .filter(s -> !s.acknowledged() && s.outcome() != Outcome.UNFINISHED)
        .collect(
            Collectors.toMap(
                s -> s.sqlState() == null ? "none" : s.sqlState(),
                s -> 1,
                Integer::sum,
                TreeMap::new));
  }
}
