package io.trunkline.loadtest.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerLogTest {
  private static final String READY = "LOG:  database system is ready to accept connections";

  @Test
  void onlyAPrimaryIsReady() {
    ServerLog log =
        ServerLog.parse(
            List.of(
                line(
                    "10:00:00.100",
                    "LOG:  database system is ready to accept read-only connections"),
                line("10:00:01.250", READY),
                "no time at all"));

    assertThat(log.ready()).containsExactly(at("10:00:01.250"));
  }

  @Test
  void aTenureEndsWithAShutdownAndIsOpenWhileItLasts() {
    ServerLog log =
        ServerLog.parse(
            List.of(
                line("10:00:01.000", READY),
                line("10:00:09.500", "LOG:  received fast shutdown request"),
                line("10:00:20.000", READY)));

    assertThat(log.tenures("db-1"))
        .containsExactly(
            new Tenure("db-1", at("10:00:01.000"), at("10:00:09.500")),
            new Tenure("db-1", at("10:00:20.000"), Instant.MAX));
  }

  @Test
  void afterACrashATenureEndsWithTheNextStart() {
    ServerLog log =
        ServerLog.parse(
            List.of(
                line("10:00:01.000", READY),
                line("10:00:31.000", "LOG:  starting PostgreSQL 15.1 on x86_64")));

    assertThat(log.tenures("db-1"))
        .containsExactly(new Tenure("db-1", at("10:00:01.000"), at("10:00:31.000")));
  }

  private static String line(String time, String text) {
    return "2026-11-21 " + time + " UTC [42] " + text;
  }

  private static Instant at(String time) {
    return Instant.parse("2026-11-21T" + time + "Z");
  }
}
