package io.trunkline.loadtest.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FindingsTest {
  private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");
  private static final Failure SHUTDOWN = new Failure("AdminShutdown", "57P01", "terminating");

  private final List<Attempt> attempts = new ArrayList<>();

  /** Begins and ends at this many milliseconds. */
  private void at(long millis, @Nullable Failure failure) {
    Instant moment = START.plusMillis(millis);
    attempts.add(new Attempt(attempts.size() + 1, 1, moment, moment, failure));
  }

  private void steady(long from, int count) {
    LongStream.range(0, count).forEach(i -> at(from + 50 * i, null));
  }

  private Findings findings(Program program, long promoted, Set<Long> surviving) {
    Instant moment = START.plusMillis(promoted);
    return Findings.of(program, new ClientLog("", attempts), moment, moment, surviving);
  }

  private Set<Long> acknowledged() {
    return attempts.stream().filter(Attempt::ok).map(Attempt::id).collect(Collectors.toSet());
  }

  @Test
  void theGapIsBetweenSuccessesAndPartOfItComesAfterThePromotion() {
    steady(0, 10);
    at(500, SHUTDOWN);
    steady(2000, 30);
    Findings findings = findings(Program.PSYCOPG2, 1900, acknowledged());
    assertThat(findings.gap()).isEqualTo(Duration.ofMillis(1550));
    assertThat(findings.afterPromotion()).contains(Duration.ofMillis(100));
    assertThat(findings.failures()).containsExactly(java.util.Map.entry(SHUTDOWN, 1));
    assertThat(findings.acknowledged()).isEqualTo(40);
    assertThat(findings.recovered()).isTrue();
    assertThat(findings.lost()).isZero();
  }

  @Test
  void aGapWithoutThePromotionHasNoPartAfterIt() {
    steady(0, 60);
    assertThat(findings(Program.PSYCOPG2, 5000, acknowledged()).afterPromotion()).isEmpty();
  }

  @Test
  void whoNeverSucceedsAgainHasNotRecoveredAndTheGapLastsToTheEnd() {
    steady(0, 30);
    at(4450, SHUTDOWN);
    Findings findings = findings(Program.PSYCOPG2, 1500, acknowledged());
    assertThat(findings.gap()).isEqualTo(Duration.ofSeconds(3));
    assertThat(findings.recovered()).isFalse();
  }

  @Test
  void successesBeforeThereWasANewPrimaryAreNoRecovery() {
    steady(0, 60);
    assertThat(findings(Program.PSYCOPG2, 2500, acknowledged()).recovered()).isFalse();
  }

  @Test
  void oneRunAfterwardsIsEnoughForAProgramThatTakesSeconds() {
    at(0, null);
    at(1000, new Failure("exit 1", null, "lost"));
    at(2000, null);
    assertThat(findings(Program.PG_DUMP, 1500, Set.of()).recovered()).isTrue();
    assertThat(findings(Program.PG_DUMP, 2500, Set.of()).recovered()).isFalse();
  }

  @Test
  void anAcknowledgedRowThatIsMissingIsLost() {
    steady(0, 30);
    Set<Long> surviving = acknowledged();
    surviving.remove(7L);
    assertThat(findings(Program.PSYCOPG2, 0, surviving).lost()).isEqualTo(1);
  }

  @Test
  void errorsThatDifferOnlyInPlaceAndTimeAreTheSame() {
    Failure one = new Failure("e", null, "at \"10.77.1.21\", port 6001\n failed after 30003ms");
    Failure two = new Failure("e", null, "at \"10.77.9.22\", port 6002 failed after 30000ms");
    assertThat(one.generalized()).isEqualTo(two.generalized());
    assertThat(one.generalized().message()).isEqualTo("at \"HOST\", port N failed after N");
  }
}
