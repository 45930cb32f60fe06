package io.trunkline.loadtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClientLogTest {
  private static final String LOG =
      """
      {"version": "psycopg2 2.9.5"}
      {"id": 1, "session": 1, "start": 1795280402153879753, "end": 1795280402377514530}
      {"id": 2, "session": 1, "start": 1795280402400000000, "end": 1795280402500000000, \
      "type": "psycopg2.errors.AdminShutdown", "state": "57P01", "message": "terminating"}
      {"id": 3, "session": 2, "start": 1795280402600000000, "end": 1795280402700000000, \
      "type": "psycopg2.OperationalError", "state": null, "message": "closed"}
      """;

  @Test
  void readsVersionAndAttempts() {
    ClientLog log = ClientLog.parse(LOG);
    assertThat(log.version()).isEqualTo("psycopg2 2.9.5");
    assertThat(log.attempts()).hasSize(3);
    Attempt first = log.attempts().getFirst();
    assertThat(first.ok()).isTrue();
    assertThat(first.end()).isEqualTo(Instant.parse("2026-11-21T17:00:02.377514530Z"));
    assertThat(log.attempts().get(1).failure())
        .isEqualTo(new Failure("psycopg2.errors.AdminShutdown", "57P01", "terminating"));
    assertThat(log.attempts().get(2).failure())
        .isEqualTo(new Failure("psycopg2.OperationalError", null, "closed"));
  }

  @Test
  void leavesOutTheLineThatIsBeingWritten() {
    String cut = LOG.substring(0, LOG.length() - 20);
    assertThat(ClientLog.parse(cut).attempts()).hasSize(2);
    assertThat(ClientLog.parse("{\"id\"").attempts()).isEmpty();
    assertThat(ClientLog.parse("").attempts()).isEmpty();
  }

  @Test
  void namesTheLineThatIsNoAttempt() {
    assertThatThrownBy(() -> ClientLog.parse("Traceback\n")).hasMessageContaining("Traceback");
  }
}
