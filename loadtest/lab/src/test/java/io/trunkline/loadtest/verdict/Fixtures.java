package io.trunkline.loadtest.verdict;

import io.trunkline.loadtest.lab.GroundTruth;
import io.trunkline.loadtest.lab.LeaderChange;
import io.trunkline.loadtest.lab.Promotion;
import io.trunkline.loadtest.lab.Tenure;
import io.trunkline.loadtest.workload.Outcome;
import io.trunkline.loadtest.workload.Sample;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Hand-made samples and ground truth; all times are milliseconds from the same moment. */
final class Fixtures {
  static final String A = "10.77.0.11";
  static final String B = "10.77.0.12";

  private final List<Sample> samples = new ArrayList<>();
  private final List<LeaderChange> leaders = new ArrayList<>();
  private final List<Promotion> promotions = new ArrayList<>();
  private final List<Tenure> tenures = new ArrayList<>();

  static Instant ms(long millis) {
    return Instant.ofEpochMilli(1_000_000 + millis);
  }

  Fixtures commit(long session, long start, long end, String server) {
    return add(session, start, start, end, Outcome.ACKNOWLEDGED, server, null);
  }

  Fixtures failure(long session, long start, long end, String sqlState) {
    return add(session, start, start, end, Outcome.STATEMENT_FAILED, null, sqlState);
  }

  Fixtures noSession(long start, long end, Outcome outcome, @Nullable String sqlState) {
    return add(0, start, null, end, outcome, null, sqlState);
  }

  Fixtures unfinished(long session, long start, long end) {
    return add(session, start, start, end, Outcome.UNFINISHED, null, null);
  }

  Fixtures leader(String member, long at) {
    leaders.add(new LeaderChange(member, ms(at)));
    return this;
  }

  Fixtures promotion(String member, long recoveryEnd, long ready) {
    promotions.add(new Promotion(member, ms(recoveryEnd), ms(ready)));
    return this;
  }

  Fixtures tenure(String member, long from, long until) {
    tenures.add(new Tenure(member, ms(from), ms(until)));
    return this;
  }

  List<Sample> samples() {
    return samples;
  }

  GroundTruth truth() {
    return new GroundTruth(List.of(), leaders, promotions, tenures, Map.of(A, "db-1", B, "db-2"));
  }

  /** Judged as if the final primary held every row but these. */
  Verdict verdict(Long... lost) {
    List<Long> ids = new ArrayList<>(samples.stream().map(Sample::id).toList());
    ids.removeAll(List.of(lost));
    return Verdict.of("test", samples, truth(), java.util.Set.copyOf(ids));
  }

  private Fixtures add(
      long session,
      long start,
      @Nullable Long statementStart,
      long end,
      Outcome outcome,
      @Nullable String server,
      @Nullable String sqlState) {
    long id = samples.size() + 1L;
    samples.add(
        new Sample(
            id,
            session,
            ms(start),
            statementStart == null ? null : ms(statementStart),
            ms(end),
            outcome,
            server,
            null,
            sqlState,
            null));
    return this;
  }
}
