package io.trunkline.loadtest.clients;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one client saw of one event.
 *
 * @param version the client, in its own words
 * @param acknowledged attempts that succeeded
 * @param gap the longest time between two attempts that succeeded, or after the last one
 * @param afterPromotion how much of it came after the new primary accepted writes; empty when the
 *     gap has no promotion in it
 * @param failures attempts that failed, generalized, with their number
 * @param recovered whether it succeeds again at the end
 * @param lost acknowledged commits that are missing on the final primary
 */
record Findings(
    String version,
    int acknowledged,
    Duration gap,
    Optional<Duration> afterPromotion,
    Map<Failure, Integer> failures,
    boolean recovered,
    int lost) {

  /**
   * @param promoted when the new primary accepted writes, by its own account
   * @param settled from when on the cluster had its new primary
   * @param surviving the ids on the final primary
   */
  static Findings of(
      Program program, ClientLog log, Instant promoted, Instant settled, Set<Long> surviving) {
    List<Attempt> good = log.attempts().stream().filter(Attempt::ok).toList();
    Map<Failure, Integer> failures = new LinkedHashMap<>();
    for (Attempt attempt : log.attempts()) {
      if (attempt.failure() != null) {
        failures.merge(attempt.failure().generalized(), 1, Integer::sum);
      }
    }
    Span gap = longest(log.attempts());
    return new Findings(
        log.version(),
        good.size(),
        Duration.between(gap.from(), gap.to()),
        gap.contains(promoted)
            ? Optional.of(Duration.between(promoted, gap.to()))
            : Optional.empty(),
        failures,
        recovered(program, log.attempts(), settled),
        program.kind() == Program.Kind.WRITER
            ? (int) good.stream().filter(a -> !surviving.contains(a.id())).count()
            : 0);
  }

  /** Whether the newest attempts, all begun after that moment, succeeded. */
  static boolean recovered(Program program, List<Attempt> attempts, Instant settled) {
    int wanted = program.kind() == Program.Kind.REPEATED ? 1 : 20;
    return attempts.size() >= wanted
        && attempts.subList(attempts.size() - wanted, attempts.size()).stream()
            .allMatch(a -> a.ok() && a.start().isAfter(settled));
  }

  private static Span longest(List<Attempt> attempts) {
    Span longest = new Span(Instant.EPOCH, Instant.EPOCH);
    Instant last = null;
    for (Attempt attempt : attempts) {
      boolean counts = attempt.ok() || attempt.equals(attempts.getLast());
      if (last != null && counts && longest.shorterThan(new Span(last, attempt.end()))) {
        longest = new Span(last, attempt.end());
      }
      last = attempt.ok() ? attempt.end() : last;
    }
    return longest;
  }

  private record Span(Instant from, Instant to) {
    boolean contains(Instant moment) {
      return moment.isAfter(from) && moment.isBefore(to);
    }

    boolean shorterThan(Span other) {
      return Duration.between(from, to).compareTo(Duration.between(other.from, other.to)) < 0;
    }
  }
}
