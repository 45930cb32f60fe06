package io.trunkline.loadtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.trunkline.loadtest.verdict.MeasuredPart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClientsReportTest {
  private static final Failure SHUTDOWN = new Failure("a.AdminShutdown", "57P01", "one|two");
  private static final Failure EXIT = new Failure("exit 1", null, "lost");

  private static Cell cell(
      Program program, Encryption encryption, long gap, Failure failure, boolean back, int lost) {
    return new Cell(
        program,
        encryption,
        Event.SWITCHOVER,
        new Findings(
            "1",
            10,
            Duration.ofMillis(gap),
            Optional.of(Duration.ofMillis(40)),
            Map.of(failure, 1),
            back,
            lost));
  }

  @Test
  void aRowHasTheGapTheErrorsAndTheVerdict() {
    String markdown =
        new ClientsReport(
                List.of(
                    cell(Program.PSYCOPG2, Encryption.PASSTHROUGH, 1430, SHUTDOWN, true, 0),
                    cell(Program.PSYCOPG2, Encryption.PLAINTEXT, 1500, SHUTDOWN, false, 2),
                    cell(Program.PG_DUMP, Encryption.PASSTHROUGH, 9000, EXIT, true, 0)),
                List.of(
                    new CancelTrial.Result(Program.PSQL, Encryption.PASSTHROUGH, true),
                    new CancelTrial.Result(Program.PSQL, Encryption.TERMINATED, false)))
            .markdown();
    assertThat(markdown)
        .contains(
            "| psycopg2 | 1.43 s (0.04 s); 1 × 57P01 | – | 1.50 s (0.04 s); 1 × 57P01 | – | 1 of 2"
                + " | 2 |\n")
        .contains("| pg_dump | 1 × exit 1 | – | – | – | yes | – |\n")
        .contains("| psql | Ctrl-C | ended | did not end |  |  |\n")
        .contains(
            "| psycopg2 | a.AdminShutdown | 57P01 | one\\|two | switchover (passthrough, plaintext)"
                + " |\n");
  }

  @Test
  void onlyTheMeasuredPartOfThePageIsReplaced() {
    MeasuredPart part = new MeasuredPart("clients");
    String page =
        """
        before
        <!-- measured: begin (make clients) -->
        old
        <!-- measured: end -->
        after
        """;
    String with = part.replacedIn(page, "| new |\n");
    assertThat(with)
        .startsWith("before\n")
        .endsWith("after\n")
        .contains("| new |")
        .doesNotContain("old");
    assertThat(part.replacedIn(with, "| new |\n")).isEqualTo(with);
    assertThatThrownBy(() -> part.replacedIn("no marks", "x"))
        .hasMessageContaining("measured: begin");
  }
}
