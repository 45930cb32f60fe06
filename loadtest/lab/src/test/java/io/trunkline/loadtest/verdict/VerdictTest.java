package io.trunkline.loadtest.verdict;

import static io.trunkline.loadtest.verdict.Fixtures.A;
import static io.trunkline.loadtest.verdict.Fixtures.B;
import static io.trunkline.loadtest.verdict.Fixtures.ms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.loadtest.workload.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class VerdictTest {
  @Test
  void aQuietRunHasNothingToReport() {
    Verdict verdict =
        new Fixtures().leader("db-1", 0).commit(1, 10, 12, A).commit(1, 30, 33, A).verdict();

    assertThat(verdict.acknowledged()).isEqualTo(2);
    assertThat(verdict.longestGap()).isEqualTo(new Gap(ms(12), ms(33)));
    assertThat(verdict.lost()).isZero();
    assertThat(verdict.supersededCommits()).isZero();
    assertThat(verdict.supersededSession()).isEmpty();
    assertThat(verdict.errors()).isEmpty();
    assertThat(verdict.sessions()).isEqualTo(1);
  }

  @Test
  void theGapRunsFromAcknowledgementToAcknowledgement() {
    Verdict verdict =
        new Fixtures()
            .commit(1, 0, 10, A)
            .failure(1, 20, 500, "57P01")
            .commit(2, 900, 1010, A)
            .commit(2, 1020, 1030, A)
            .verdict();

    assertThat(verdict.longestGap()).isEqualTo(new Gap(ms(10), ms(1010)));
  }

  @Test
  void aSlowFirstAnswerIsAGapToo() {
    Verdict verdict = new Fixtures().commit(1, 0, 700, A).commit(1, 710, 720, A).verdict();

    assertThat(verdict.longestGap()).isEqualTo(new Gap(ms(0), ms(700)));
  }

  @Test
  void aWriterThatNeverRecoversHasAGapUntilItsEnd() {
    Verdict verdict =
        new Fixtures()
            .commit(1, 0, 10, A)
            .commit(1, 20, 200, A)
            .unfinished(1, 210, 9_000)
            .verdict();

    assertThat(verdict.longestGap()).isEqualTo(new Gap(ms(200), ms(9_000)));
    assertThat(verdict.unfinished()).isEqualTo(1);
  }

  @Test
  void thePromotionDividesTheGap() {
    Verdict verdict =
        new Fixtures()
            .commit(1, 0, 10, A)
            .promotion("db-2", 700, 720)
            .commit(2, 950, 1010, B)
            .verdict();

    assertThat(verdict.patroniShare()).isEqualTo(Duration.ofMillis(690));
    assertThat(verdict.proxyShare()).isEqualTo(Duration.ofMillis(310));
  }

  @Test
  void promotionsOutsideTheGapOrOfOthersDoNotDivideIt() {
    Verdict verdict =
        new Fixtures()
            .promotion("db-2", 5, 6)
            .tenure("db-2", 6, 2_000)
            .commit(1, 0, 10, B)
            .promotion("db-1", 300, 301)
            .commit(2, 950, 1010, B)
            .promotion("db-2", 1_500, 1_501)
            .verdict();

    assertThat(verdict.patroniShare()).isEqualTo(Duration.ZERO);
    assertThat(verdict.proxyShare()).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void withoutAPromotionPatroniHasTheTimeInWhichNobodyAcceptedWrites() {
    Verdict verdict =
        new Fixtures()
            .tenure("db-1", 0, 300)
            .tenure("db-2", 200, 400)
            .commit(1, 0, 10, A)
            .unfinished(1, 20, 1_010)
            .verdict();

    assertThat(verdict.proxyShare()).isEqualTo(Duration.ofMillis(390));
    assertThat(verdict.patroniShare()).isEqualTo(Duration.ofMillis(610));
  }

  @Test
  void errorsAreCountedByStateAndConnectionsByKind() {
    Verdict verdict =
        new Fixtures()
            .commit(1, 0, 10, A)
            .failure(1, 20, 30, "25006")
            .failure(2, 40, 50, "57P01")
            .failure(3, 60, 70, "57P01")
            .noSession(80, 81, Outcome.CONNECTION_REFUSED, "08001")
            .noSession(90, 91, Outcome.CONNECTION_FAILED, "57P03")
            .noSession(100, 101, Outcome.CONNECTION_FAILED, null)
            .verdict();

    assertThat(verdict.readOnly()).isEqualTo(1);
    assertThat(verdict.connectionsRefused()).isEqualTo(1);
    assertThat(verdict.connectionsFailed()).isEqualTo(2);
    assertThat(verdict.errors())
        .containsOnly(
            java.util.Map.entry("25006", 1),
            java.util.Map.entry("57P01", 2),
            java.util.Map.entry("08001", 1),
            java.util.Map.entry("57P03", 1),
            java.util.Map.entry("none", 1));
    assertThat(verdict.sessions()).isEqualTo(3);
  }

  @Test
  void onlyAcknowledgedCommitsCanBeLost() {
    Fixtures fixtures =
        new Fixtures().commit(1, 0, 10, A).commit(1, 20, 30, A).failure(1, 40, 50, "08006");

    assertThat(fixtures.verdict(2L, 3L).lost()).isEqualTo(1);
    assertThat(fixtures.verdict().lost()).isZero();
  }

  @Test
  void aCommitIsSupersededByWhenItsStatementBegan() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .commit(1, 10, 20, A)
            .leader("db-2", 100)
            .commit(1, 95, 130, A) // began in time
            .commit(1, 140, 150, A)
            .commit(1, 160, 170, A)
            .commit(2, 180, 190, B)
            .verdict();

    assertThat(verdict.supersededCommits()).isEqualTo(2);
  }

  @Test
  void aStatementThatWaitsForTheNextLeaderIsNotSuperseded() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .commit(1, 10, 20, A)
            .leader("db-2", 100)
            .commit(1, 90, 150, B) // sent to db-1's session, which is kept
            .commit(1, 160, 170, B)
            .verdict();

    assertThat(verdict.supersededCommits()).isZero();
    assertThat(verdict.supersededSession()).isEmpty();
  }

  @Test
  void aMemberThatGotTheKeyBackIsNotSuperseded() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .leader("db-2", 100)
            .leader("db-1", 200)
            .commit(1, 210, 220, A)
            .verdict();

    assertThat(verdict.supersededCommits()).isZero();
  }

  @Test
  void aSupersededSessionEndsWithItsFirstFailure() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .commit(1, 10, 20, A)
            .leader("db-2", 100)
            .failure(1, 110, 430, "57P01")
            .commit(2, 440, 450, B)
            .verdict();

    assertThat(verdict.supersededSession()).contains(Duration.ofMillis(330));
  }

  @Test
  void aSessionThatEndedBeforeTheKeyChangedWasNotSuperseded() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .commit(1, 10, 20, A)
            .failure(1, 30, 40, "57P01")
            .leader("db-2", 100)
            .commit(2, 440, 450, B)
            .verdict();

    assertThat(verdict.supersededSession()).isEmpty();
  }

  @Test
  void aSessionThatHangsIsSupersededUntilTheWriterStops() {
    Verdict verdict =
        new Fixtures()
            .leader("db-1", 0)
            .commit(1, 10, 20, A)
            .leader("db-2", 100)
            .unfinished(1, 30, 5_100)
            .verdict();

    assertThat(verdict.supersededSession()).contains(Duration.ofSeconds(5));
  }

  @Test
  void noAttemptsNoVerdict() {
    assertThatThrownBy(() -> Verdict.of("idle", List.of(), new Fixtures().truth(), Set.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("idle");
  }
}
