package io.trunkline.loadtest.verdict;

import static io.trunkline.loadtest.verdict.Fixtures.A;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReportTest {
  private final Verdict verdict =
      new Fixtures()
          .leader("db-1", 0)
          .commit(1, 0, 10, A)
          .failure(1, 20, 30, "57P01")
          .commit(2, 40, 250, A)
          .verdict(3L);

  @Test
  void theTableHasARowForEachVerdict() {
    String[] lines = new Report(verdict, verdict).table().split("\n", -1);

    assertThat(lines).hasSize(4);
    assertThat(lines[0]).startsWith("workload  commits  lost  gap_ms");
    assertThat(lines[1]).matches("test +2 +1 +240 .*\\{57P01=1} *");
    assertThat(lines[2]).isEqualTo(lines[1]);
  }

  @Test
  void jsonCarriesTheSameFigures() {
    assertThat(new Report(verdict).json())
        .contains("\"gap_ms\" : 240")
        .contains("\"lost\" : 1")
        .contains("\"superseded_session_ms\" : null")
        .contains("\"57P01\" : 1");
  }
}
