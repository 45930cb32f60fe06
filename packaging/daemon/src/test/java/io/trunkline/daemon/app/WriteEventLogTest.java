package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.daemon.SampleCluster;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.RoutingTable;
import io.trunkline.routing.WriteReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WriteEventLogTest {
  private static final Duration STEP = Duration.ofMillis(100);

  private final List<Event> events = new ArrayList<>();
  private final WriteEventLog log = new WriteEventLog(events::add);
  private final SampleCluster cluster = SampleCluster.healthy();
  private Optional<RoutingTable> table = Optional.empty();

  private void observe() {
    RoutingTable next = cluster.table(table);
    log.tell(table, next);
    table = Optional.of(next);
  }

  private Event only() {
    assertThat(events).hasSize(1);
    return events.removeFirst();
  }

  @Test
  void firstSight() {
    cluster.after(STEP);
    observe();
    Event event = only();
    assertThat(event.label()).isEqualTo("write_route_changed");
    assertThat(event.severity()).isEqualTo(Severity.INFO);
    assertThat(event.fields())
        .containsEntry("cluster", "main")
        .containsEntry("from", "holding")
        .containsEntry("to", "open(pg-1)")
        .containsEntry("reason", "leader_key_and_rest")
        .containsEntry("address", "10.0.0.1:5432")
        .containsEntry("after_ms", "100");
  }

  @Test
  void nothingIsSaidWhileNothingChanges() {
    observe();
    events.clear();
    for (int i = 0; i < 10; i++) {
      cluster.after(STEP);
      observe();
    }
    assertThat(events).isEmpty();
  }

  @Test
  void thatItsRestApiFallsSilentChangesNoRoute() {
    observe();
    events.clear();
    cluster.after(STEP).dies("pg-1");
    observe();
    assertThat(table.orElseThrow().write().reason()).isEqualTo(WriteReason.LEADER_KEY_ALONE);
    assertThat(events).isEmpty();
  }

  @Test
  void aFailoverSaysHowLongWritesWereNotOpen() {
    observe();
    events.clear();
    cluster.after(STEP).leaderless();
    observe();
    Event holding = only();
    assertThat(holding.severity()).isEqualTo(Severity.WARN);
    assertThat(holding.fields())
        .containsEntry("from", "open(pg-1)")
        .containsEntry("to", "holding")
        .containsEntry("reason", "no_leader")
        .containsEntry("why", "there is no leader key in etcd")
        .containsEntry("owner", "pg-1")
        .containsEntry("sessions", "blocked")
        .doesNotContainKey("after_ms");

    cluster.after(Duration.ofSeconds(1)).leads("pg-2");
    observe();
    assertThat(only().fields())
        .containsEntry("from", "holding")
        .containsEntry("to", "holding")
        .containsEntry("reason", "leader_not_writable")
        .containsEntry("owner", "pg-2");

    cluster.after(Duration.ofMillis(234)).primary("pg-2", 8);
    observe();
    Event open = only();
    assertThat(open.severity()).isEqualTo(Severity.INFO);
    assertThat(open.fields())
        .containsEntry("to", "open(pg-2)")
        .containsEntry("reason", "leader_key_and_rest")
        .containsEntry("after_ms", "1234");
  }

  @Test
  void aRegressionIsLoudAndSaysWhatToDo() {
    observe();
    events.clear();
    cluster.after(STEP).regression("pg-3", 6);
    observe();
    Event event = only();
    assertThat(event.severity()).isEqualTo(Severity.ERROR);
    assertThat(event.fields())
        .containsEntry("reason", "timeline_regression")
        .containsEntry("highest_timeline", "7")
        .containsEntry("leader", "pg-3")
        .containsEntry("leader_timeline", "6")
        .containsEntry("hint", "to accept the older timeline, run trunkline cluster accept");
  }

  @Test
  void losingEtcdIsDegradedNotClosed() {
    observe();
    events.clear();
    cluster.after(STEP).dcsLost("no quorum");
    observe();
    Event event = only();
    assertThat(event.severity()).isEqualTo(Severity.WARN);
    assertThat(event.fields())
        .containsEntry("from", "open(pg-1)")
        .containsEntry("to", "degraded(pg-1)")
        .doesNotContainKey("after_ms");
  }
}
