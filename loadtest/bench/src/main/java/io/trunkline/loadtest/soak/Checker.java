package io.trunkline.loadtest.soak;

import io.trunkline.loadtest.lab.KeyEvent;
import io.trunkline.loadtest.lab.LeaderChange;
import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.FreshRead;
import io.trunkline.loadtest.soak.History.Position;
import io.trunkline.loadtest.soak.History.ProxyStatus;
import io.trunkline.loadtest.soak.History.Written;
import io.trunkline.loadtest.verdict.Superseded;
import io.trunkline.loadtest.workload.Sample;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Judges a whole history. */
final class Checker {
  /** A client that waits longer hangs. */
  static final Duration HANGS = Duration.ofSeconds(60);

  /** A replica that lags by too much for so long is known to. */
  private static final Duration LAG_KNOWN = Duration.ofSeconds(10);

  /** A connection that broke in silence may have done so a little earlier. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** What a fault leaves behind is there a little longer than it. */
  private static final Duration AFTERMATH = Duration.ofSeconds(20);

  /** A cluster that has settled serves every client within so long. */
  private static final Duration SERVED = Duration.ofSeconds(15);

  private final History history;
  private final List<Finding> findings = new ArrayList<>();

  /** When the leader key went away, or to another member. */
  private final List<Instant> turns;

  private Checker(History history) {
    this.history = history;
    this.turns =
        Stream.concat(
                history.truth().leaders().stream().skip(1).map(LeaderChange::at),
                history.truth().events().stream()
                    .filter(event -> event.key().equals("leader") && event.value().isEmpty())
                    .map(KeyEvent::at))
            .toList();
  }

  /** What was found, in order of time. */
  static List<Finding> check(History history) {
    Checker checker = new Checker(history);
    checker.losses();
    checker.superseded();
    checker.counted();
    checker.changed();
    checker.staleReads();
    checker.hangs();
    checker.served();
    checker.findings.addAll(CalmRules.check(history.calms()));
    return checker.findings.stream().sorted(Comparator.comparing(Finding::at)).toList();
  }

  private void found(Rule rule, Instant at, String text) {
    findings.add(new Finding(rule, at, text));
  }

  private void losses() {
    for (Written written : history.writes()) {
      for (Sample lost : written.lost()) {
        Rule rule = byPatroni(lost) ? Rule.LOST_BY_PATRONI : Rule.LOST;
        found(
            rule, lost.end(), "%s %d, by %s".formatted(written.writer(), lost.id(), lost.server()));
      }
    }
  }

  /**
   * Whether the rightful leader acknowledged it and was then replaced by a member that did not have
   * its end: nothing that it acknowledged later is there either.
   */
  private boolean byPatroni(Sample lost) {
    Optional<String> member = member(lost);
    Instant sent = lost.statementStart();
    if (sent == null || !history.truth().leaderAt(sent).equals(member)) {
      return false;
    }
    Optional<LeaderChange> next =
        history.truth().leaders().stream().filter(c -> c.at().isAfter(sent)).findFirst();
    return next.isPresent()
        && history.writes().stream()
            .flatMap(
                written ->
                    written.samples().stream()
                        .filter(s -> s.acknowledged() && written.surviving().contains(s.id())))
            .noneMatch(
                s ->
                    member.equals(member(s))
                        && s.start().isAfter(lost.end())
                        && s.end().isBefore(next.get().at()));
  }

  private Optional<String> member(Sample sample) {
    return Optional.ofNullable(sample.server()).flatMap(history.truth()::memberAt);
  }

  /** A commit that was sent when another member had held the leader key for too long. */
  private void superseded() {
    Superseded superseded = new Superseded(history.truth());
    for (Written written : history.writes()) {
      for (Sample sample : superseded.commits(written.samples())) {
        Instant sent = Objects.requireNonNull(sample.statementStart());
        history
            .truth()
            .lastChange(sent)
            .filter(change -> late(change, sent))
            .ifPresent(
                change ->
                    found(
                        Rule.SUPERSEDED,
                        sample.end(),
                        "%s %d by %s, %d ms after the leader key went to %s"
                            .formatted(
                                written.writer(),
                                sample.id(),
                                sample.server(),
                                Duration.between(change.at(), sent).toMillis(),
                                change.member())));
      }
    }
  }

  private boolean late(LeaderChange change, Instant sent) {
    Duration allowed =
        history.faults().stream()
            .filter(fault -> fault.meets(change.at(), sent, AFTERMATH))
            .map(fault -> fault.verb().blinds().fencedWithin())
            .max(Comparator.naturalOrder())
            .orElse(Verb.Blinds.NOTHING.fencedWithin());
    return Duration.between(change.at(), sent).compareTo(allowed) > 0;
  }

  private void counted() {
    var counted = history.counted();
    if (counted.twice() + counted.refusedCommitted() + counted.unexplained() > 0) {
      found(
          Rule.TWICE,
          end(),
          "counters: %d twice, %d refused with 40001 and done, %d done that nobody asked for"
              .formatted(counted.twice(), counted.refusedCommitted(), counted.unexplained()));
    }
    boolean patroni = findings.stream().anyMatch(f -> f.rule() == Rule.LOST_BY_PATRONI);
    if (counted.lost() > 0) {
      found(
          patroni ? Rule.LOST_BY_PATRONI : Rule.LOST,
          end(),
          "counters: %d".formatted(counted.lost()));
    }
  }

  private Instant end() {
    return history.calms().isEmpty() ? Instant.EPOCH : history.calms().getLast().at();
  }

  private void changed() {
    history.changed().forEach(each -> found(Rule.CHANGED, each.at(), each.session()));
  }

  /**
   * A session that was opened at a replica which lacked, even when it answered, more than max_lag
   * of what the primary had had {@link #LAG_KNOWN} before the session was opened.
   */
  private void staleReads() {
    for (FreshRead read : history.fresh()) {
      Instant known = read.start().minus(LAG_KNOWN);
      if (!read.replica() || unsettled(known, read.end())) {
        continue;
      }
      history.positions().stream()
          .filter(position -> !position.at().isAfter(known))
          .filter(position -> position.at().isAfter(known.minus(LAG_KNOWN)))
          .filter(this::ofTheLeader)
          .map(Position::written)
          .max(Comparator.naturalOrder())
          .filter(written -> written - read.replayed() > Site.MAX_LAG)
          .ifPresent(
              written ->
                  found(
                      Rule.STALE,
                      read.end(),
                      "%s, %d bytes behind where the primary was %d s before"
                          .formatted(
                              read.server(), written - read.replayed(), LAG_KNOWN.toSeconds())));
    }
  }

  /** What a superseded primary still wrote, no replica has to replay. */
  private boolean ofTheLeader(Position position) {
    return history.truth().leaderAt(position.at()).equals(Optional.of(position.member()));
  }

  /** Whether the primary changed, or a proxy could not know the lag. */
  private boolean unsettled(Instant from, Instant until) {
    Instant earlier = from.minus(LAG_KNOWN);
    return turns.stream().anyMatch(turn -> turn.isAfter(earlier) && turn.isBefore(until))
        || history.faults().stream()
            .anyMatch(fault -> fault.verb().hidesLag() && fault.meets(from, until, LAG_KNOWN));
  }

  private void hangs() {
    Map<String, List<ProxyStatus>> byProxy = new TreeMap<>();
    history
        .statuses()
        .forEach(s -> byProxy.computeIfAbsent(s.proxy(), _ -> new ArrayList<>()).add(s));
    Stream.concat(history.writes().stream().map(Written::samples), history.reads().stream())
        .flatMap(List::stream)
        .filter(sample -> Duration.between(sample.start(), sample.end()).compareTo(HANGS) > 0)
        .filter(sample -> byProxy.values().stream().noneMatch(s -> explains(s, sample)))
        .filter(sample -> !brokeInSilence(sample))
        .forEach(
            sample ->
                found(
                    Rule.HANGS,
                    sample.end(),
                    "attempt %d for %d s, %s"
                        .formatted(
                            sample.id(),
                            Duration.between(sample.start(), sample.end()).toSeconds(),
                            sample.outcome())));
  }

  /** Whether that proxy left no 60 s of the attempt without showing a reason. */
  private static boolean explains(List<ProxyStatus> statuses, Sample sample) {
    Instant silent = sample.start();
    for (ProxyStatus status : statuses) {
      if (status.showsReason()
          && status.at().isAfter(silent)
          && status.at().isBefore(sample.end())) {
        if (Duration.between(silent, status.at()).compareTo(HANGS) > 0) {
          return false;
        }
        silent = status.at();
      }
    }
    return Duration.between(silent, sample.end()).compareTo(HANGS) <= 0;
  }

  /** In the end of each calm each writer commits and new sessions read; the counters did count. */
  private void served() {
    for (Calm calm : history.calms()) {
      Instant from = calm.at().minus(SERVED);
      for (Written written : history.writes()) {
        boolean served =
            written.samples().stream()
                .filter(s -> s.end().isAfter(from))
                .filter(s -> s.start().isBefore(calm.at()))
                .anyMatch(s -> s.acknowledged() || brokeInSilence(s));
        if (!served) {
          found(Rule.NOT_SERVED, calm.at(), written.writer());
        }
      }
      if (history.fresh().stream()
          .noneMatch(r -> r.end().isAfter(from) && r.start().isBefore(calm.at()))) {
        found(Rule.NOT_SERVED, calm.at(), "no new session reads");
      }
    }
    if (history.counted().acknowledged() == 0) {
      found(Rule.NOT_SERVED, end(), "no increment was acknowledged");
    }
  }

  private boolean brokeInSilence(Sample sample) {
    return history.faults().stream()
        .anyMatch(
            f -> f.verb().silencesClients() && f.meets(sample.start(), sample.end(), SILENCE));
  }
}
