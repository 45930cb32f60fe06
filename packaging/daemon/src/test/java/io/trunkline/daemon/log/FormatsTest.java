package io.trunkline.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.LogConfig.Format;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.EventName;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FormatsTest {
  private static final Event EVENT =
      Event.of(
          Instant.parse("2026-11-21T10:00:00.123456Z"),
          Severity.WARN,
          EventName.LEADER_CHANGED,
          "cluster",
          "main",
          "why",
          "line\nbreak");

  @Test
  void text() {
    assertThat(Log.format(Format.TEXT, false).format(EVENT))
        .isEqualTo(
            "2026-11-21T10:00:00.123Z WARN leader_changed cluster=main why=\"line\\nbreak\"");
  }

  @Test
  void journaldGetsThePriorityAndKeepsItsOwnTime() {
    assertThat(Log.format(Format.TEXT, true).format(EVENT))
        .isEqualTo("<4>leader_changed cluster=main why=\"line\\nbreak\"");
  }

  @Test
  void json() {
    String line =
        "{\"at\":\"2026-11-21T10:00:00.123456Z\",\"severity\":\"warn\",\"event\":\"leader_changed\",\"fields\":{\"cluster\":\"main\",\"why\":\"line\\n"
            + "break\"}}";
    assertThat(Log.format(Format.JSON, false).format(EVENT)).isEqualTo(line);
    assertThat(Log.format(Format.JSON, true).format(EVENT)).isEqualTo("<4>" + line);
  }

  @Test
  void prioritiesOfSyslog() {
    LineFormat format = Log.format(Format.TEXT, true);
    assertThat(Severity.values())
        .extracting(severity -> format.format(Event.of(EVENT.at(), severity, EventName.RELOADED)))
        .containsExactly("<7>reloaded", "<6>reloaded", "<4>reloaded", "<3>reloaded");
  }
}
