package io.trunkline.daemon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.admin.ScriptedSessions;
import io.trunkline.daemon.status.SessionsReport;
import io.trunkline.proxy.session.SessionList;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionsCommandTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:01:05Z");

  private static String shown(SessionList list) {
    return new SessionsScreen(new TerminalText(false)).render(SessionsReport.of(list, NOW));
  }

  @Test
  void aLineForEach() {
    List<String> lines = shown(ScriptedSessions.list()).lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("ID  LISTENER  CLIENT");
    assertThat(lines.get(1).split(" {2,}"))
        .containsExactly(
            "1",
            "write",
            "192.0.2.7:40000",
            "app",
            "shop",
            "psql",
            "pg-1",
            "idle in transaction",
            "terminated",
            "no: listen",
            "1m 5s",
            "100 B",
            "2.0 kB");
    assertThat(lines.get(2))
        .matches("2 +write +192.0.2.7:40000 +- +- +- +- +queued: there is no leader key in etcd.*");
  }

  @Test
  void howManyWereLeftOut() {
    SessionList some = new SessionList(ScriptedSessions.list().sessions().subList(0, 1), 7);
    assertThat(shown(some))
        .endsWith("6 more; use --limit to list more, or conditions to list fewer\n");
    assertThat(shown(new SessionList(List.of(), 0))).isEqualTo("no sessions\n");
  }
}
