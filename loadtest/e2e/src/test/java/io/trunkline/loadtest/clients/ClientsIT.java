package io.trunkline.loadtest.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.loadtest.lab.Lab;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The clients that the lab's own image has; {@code make clients} measures all of them. */
class ClientsIT {
  private static final List<Program> PROGRAMS =
      List.of(Program.PSQL, Program.PSYCOPG2, Program.TWO_HOSTS, Program.PGJDBC);

  @Test
  void clientsWithTlsNoticeASwitchoverOnceAndGoOn() throws Exception {
    List<Cell> cells = new ArrayList<>();
    try (Lab lab = Lab.start(ClientsLab.options())) {
      for (Encryption encryption : List.of(Encryption.PASSTHROUGH, Encryption.TERMINATED)) {
        cells.addAll(new EventTrial(lab, PROGRAMS, Event.SWITCHOVER, encryption).run());
      }
    }
    assertThat(cells).hasSize(2 * PROGRAMS.size());
    for (Cell cell : cells) {
      Findings findings = cell.findings();
      assertThat(findings.recovered()).as("%s", cell).isTrue();
      assertThat(findings.lost()).as("%s", cell).isZero();
      // Drivers word the end of a session differently; nobody may fail to connect.
      assertThat(findings.failures()).as("%s", cell).hasSizeLessThanOrEqualTo(1);
      assertThat(findings.failures().values()).as("%s", cell).allMatch(times -> times == 1);
      assertThat(findings.failures().keySet())
          .as("%s", cell)
          .noneMatch(failure -> failure.message().contains("connection to server at"));
    }
  }
}
