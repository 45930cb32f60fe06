package io.trunkline.loadtest.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.KeyEvent;
import io.trunkline.loadtest.lab.LeaderChange;
import io.trunkline.loadtest.soak.Finding.Rule;
import io.trunkline.loadtest.soak.History.Calm;
import io.trunkline.loadtest.soak.History.Changed;
import io.trunkline.loadtest.soak.History.Counted;
import io.trunkline.loadtest.soak.History.FreshRead;
import io.trunkline.loadtest.soak.History.Position;
import io.trunkline.loadtest.soak.History.ProxyStatus;
import io.trunkline.loadtest.soak.History.Written;
import io.trunkline.loadtest.workload.Outcome;
import io.trunkline.loadtest.workload.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Each rule is broken once, by a history that is good but for that. */
class CheckerTest {
  private static final String FIRST = "10.0.0.1";
  private static final String SECOND = "10.0.0.2";
  private static final Instant ZERO = Instant.parse("2026-12-01T00:00:00Z");

  private final List<Sample> samples = new ArrayList<>();
  private final List<FreshRead> fresh = new ArrayList<>();
  private final List<Position> positions = new ArrayList<>();
  private final List<ProxyStatus> statuses = new ArrayList<>();
  private final List<Struck> faults = new ArrayList<>();
  private final List<Calm> calms = new ArrayList<>();
  private final List<Changed> changed = new ArrayList<>();
  private final List<LeaderChange> leaders = new ArrayList<>();
  private final List<KeyEvent> events = new ArrayList<>();
  private Counted counted = new Counted(1, 0, 0, 0, 0);
  private Set<Long> lost = Set.of();

  private static Instant at(double seconds) {
    return ZERO.plusMillis(Math.round(1000 * seconds));
  }

  CheckerTest() {
    leaders.add(new LeaderChange("db-1", at(0)));
    leaders.add(new LeaderChange("db-2", at(100)));
  }

  private void commit(long id, double start, double end, String server) {
    samples.add(
        new Sample(
            id, 1, at(start), at(start), at(end), Outcome.ACKNOWLEDGED, server, null, null, null));
  }

  private void attempt(long id, double start, double end) {
    samples.add(
        new Sample(
            id, 1, at(start), at(start), at(end), Outcome.UNFINISHED, FIRST, null, null, null));
  }

  private void fault(Verb verb, double from, double until) {
    faults.add(new Struck(verb, "somebody", at(from), at(until), ""));
  }

  private void open(double from, double until) {
    for (double second = from; second < until; second += 2) {
      statuses.add(new ProxyStatus(at(second), "proxy-1", true, "open", 0, false));
    }
  }

  private List<Finding> check() {
    Set<Long> surviving =
        samples.stream()
            .map(Sample::id)
            .filter(id -> !lost.contains(id))
            .collect(Collectors.toSet());
    GroundTruth truth =
        new GroundTruth(
            events, leaders, List.of(), List.of(), Map.of(FIRST, "db-1", SECOND, "db-2"));
    return Checker.check(
        new History(
            List.of(new Written("w", samples, surviving)),
            List.of(),
            fresh,
            positions,
            statuses,
            faults,
            calms,
            counted,
            changed,
            truth));
  }

  private void expect(Rule... rules) {
    assertThat(check()).extracting(Finding::rule).containsExactly(rules);
  }

  @Test
  void aGoodHistory() {
    commit(1, 10, 10.1, FIRST);
    commit(2, 99, 99.1, FIRST);
    commit(3, 101, 101.1, SECOND);
    open(0, 200);
    expect();
  }

  @Test
  void aCommitThatIsMissingThoughLaterOnesOfTheSameLeaderAreThere() {
    commit(1, 10, 10.1, FIRST);
    commit(2, 20, 20.1, FIRST);
    lost = Set.of(1L);
    expect(Rule.LOST);
    assertThat(check().getFirst().broken()).isTrue();
  }

  @Test
  void theLastCommitsOfALeaderThatWasReplacedArePatronis() {
    commit(1, 10, 10.1, FIRST);
    commit(2, 99, 99.1, FIRST);
    commit(3, 101, 101.1, SECOND);
    lost = Set.of(2L);
    expect(Rule.LOST_BY_PATRONI);
    assertThat(check().getFirst().broken()).isFalse();
  }

  @Test
  void theLastCommitsOfALeaderThatStayedAreNotPatronis() {
    commit(1, 101, 101.1, SECOND);
    commit(2, 150, 150.1, SECOND);
    lost = Set.of(2L);
    expect(Rule.LOST);
  }

  @Test
  void aCommitOnASupersededMemberIsLateAndLost() {
    commit(1, 101, 101.1, FIRST);
    expect(Rule.SUPERSEDED);
    lost = Set.of(1L);
    expect(Rule.LOST, Rule.SUPERSEDED);
  }

  @Test
  void aSupersededMemberIsFencedSoonOrLaterByWhatANodeCanSee() {
    commit(1, 100.4, 100.5, FIRST);
    expect();
    commit(2, 103, 103.1, FIRST);
    expect(Rule.SUPERSEDED);
    fault(Verb.ETCD_MEMBER_KILLED, 90, 95);
    expect();
    commit(3, 110, 110.1, FIRST);
    expect(Rule.SUPERSEDED);
    fault(Verb.REST_ONLY, 90, 105);
    expect();
    commit(4, 115, 115.1, FIRST);
    expect(Rule.SUPERSEDED);
  }

  @Test
  void aStatementThatWaitedForTheNextLeaderIsNotOnASupersededMember() {
    leaders.add(new LeaderChange("db-1", at(120)));
    commit(1, 119, 121, FIRST);
    expect();
  }

  @Test
  void countersThatAreNotExact() {
    counted = new Counted(100, 0, 1, 0, 0);
    expect(Rule.TWICE);
    counted = new Counted(100, 0, 0, 1, 0);
    expect(Rule.TWICE);
    counted = new Counted(100, 0, 0, 0, 1);
    expect(Rule.TWICE);
    counted = new Counted(100, 1, 0, 0, 0);
    expect(Rule.LOST);
    counted = new Counted(100, 0, 0, 0, 0);
    expect();
  }

  @Test
  void aKeptSessionThatIsNotWhatItWas() {
    changed.add(new Changed(at(5), "session 3"));
    expect(Rule.CHANGED);
  }

  private void read(double start, long replayed) {
    fresh.add(new FreshRead(at(start), at(start + 0.1), SECOND, true, replayed));
  }

  @Test
  void aNewSessionOnAReplicaThatHasLaggedForLong() {
    positions.add(new Position(at(30), "db-1", 1_000_000));
    read(45, 1_000_000 - Site.MAX_LAG);
    expect();
    read(45, 1_000_000 - Site.MAX_LAG - 1);
    expect(Rule.STALE);
    fault(Verb.REST_SILENT, 20, 30);
    expect();
  }

  @Test
  void whatASupersededPrimaryWroteNeedsNotBeReplayed() {
    positions.add(new Position(at(30), "db-2", 1_000_000));
    read(45, 0);
    expect();
  }

  @Test
  void aLagThatNobodyCouldKnowYet() {
    positions.add(new Position(at(40), "db-1", 1_000_000));
    read(45, 0);
    expect();
  }

  @Test
  void aLagAcrossAChangeOfThePrimary() {
    positions.add(new Position(at(95), "db-1", 1_000_000));
    read(110, 0);
    expect();
  }

  @Test
  void anAttemptThatHangsWithoutAReason() {
    open(0, 90);
    commit(1, 10, 71, FIRST);
    expect(Rule.HANGS);
    statuses.add(new ProxyStatus(at(40.5), "proxy-1", true, "holding", 0, false));
    statuses.sort(Comparator.comparing(ProxyStatus::at));
    expect();
  }

  @Test
  void aReasonDoesNotExplainTheHourAfterIt() {
    statuses.add(new ProxyStatus(at(11), "proxy-1", true, "holding", 0, false));
    open(12, 90);
    commit(1, 10, 80, FIRST);
    expect(Rule.HANGS);
  }

  @Test
  void aConnectionThatBrokeInSilence() {
    open(0, 90);
    commit(1, 10, 71, FIRST);
    fault(Verb.PATRONI_PAUSED, 8, 20);
    expect(Rule.HANGS);
    fault(Verb.TRUNKLINE_PAUSED, 8, 20);
    expect();
  }

  @Test
  void anAttemptThatEndsInTime() {
    open(0, 90);
    commit(1, 10, 70, FIRST);
    expect();
  }

  @Test
  void findingsOfCalmsCount() {
    calms.add(new Calm(1, at(50), List.of()));
    commit(1, 45, 45.1, FIRST);
    read(45, 0);
    expect(Rule.HOLDERS);
  }

  @Test
  void aClientThatIsNotServedInACalm() {
    calms.add(new Calm(1, at(50), List.of()));
    commit(1, 34, 34.1, FIRST);
    commit(2, 51, 51.1, FIRST);
    read(34, 0);
    read(51, 0);
    expect(Rule.NOT_SERVED, Rule.NOT_SERVED, Rule.HOLDERS);
    commit(3, 40, 40.1, FIRST);
    expect(Rule.NOT_SERVED, Rule.HOLDERS);
    read(40, 0);
    expect(Rule.HOLDERS);
  }

  @Test
  void aConnectionThatBrokeInSilenceMayLastIntoTheCalm() {
    calms.add(new Calm(1, at(50), List.of()));
    read(40, 0);
    attempt(1, 10, 55);
    expect(Rule.NOT_SERVED, Rule.HOLDERS);
    fault(Verb.PROXY_CUT_OFF, 8, 20);
    expect(Rule.HOLDERS);
  }

  @Test
  void countersThatNeverCounted() {
    counted = new Counted(0, 0, 0, 0, 0);
    expect(Rule.NOT_SERVED);
  }

  @Test
  void manyLostCommitsAreAllTold() {
    LongStream.range(0, 50).forEach(id -> commit(id, (double) id, id + 0.5, FIRST));
    commit(50, 60, 60.5, FIRST);
    lost = LongStream.range(0, 50).boxed().collect(Collectors.toSet());
    assertThat(check()).hasSize(50).allMatch(f -> f.rule() == Rule.LOST);
  }
}
