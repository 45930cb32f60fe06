package io.trunkline.daemon.app;

import static io.trunkline.config.Configs.change;
import static org.assertj.core.api.Assertions.assertThat;

import io.trunkline.config.DialTarget;
import io.trunkline.config.HostPort;
import io.trunkline.config.ListenerConfig;
import io.trunkline.config.RouteKind;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.routing.Event;
import io.trunkline.routing.Event.Severity;
import io.trunkline.routing.RoutingTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadEventLogTest {
  private static final Duration STEP = Duration.ofMillis(100);

  @TempDir Path directory;
  private final List<Event> events = new ArrayList<>();
  private final SampleCluster cluster = SampleCluster.healthy();
  private Optional<RoutingTable> table = Optional.empty();
  private ReadEventLog log;

  @BeforeEach
  void tellOfAListenerWithMaxLag50() throws IOException {
    log = new ReadEventLog(listener(RouteKind.REPLICA, DialTarget.POSTGRES), events::add);
    cluster.replica("pg-3", 1_000);
    observe();
  }

  private ListenerConfig listener(RouteKind route, DialTarget target) throws IOException {
    return change(SampleConfig.in(directory).listeners().getLast())
        .with(ListenerConfig::route, route)
        .with(ListenerConfig::maxLag, OptionalLong.of(50))
        .with(ListenerConfig::target, target)
        .record();
  }

  private void observe() {
    cluster.after(STEP);
    RoutingTable next = cluster.table(table);
    log.tell(next);
    table = Optional.of(next);
  }

  private List<String> told() {
    List<String> told =
        events.stream()
            .map(e -> e.label() + " " + e.fields().getOrDefault("member", e.fields().get("to")))
            .toList();
    events.clear();
    return told;
  }

  @Test
  void healthyReplicasAreNoNews() {
    observe();
    assertThat(events).isEmpty();
  }

  @Test
  void aLaggingReplicaIsLeftOutAndComesBack() {
    cluster.replica("pg-3", 900);
    observe();
    observe();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().fields())
        .containsEntry("cluster", "main")
        .containsEntry("listener", "read")
        .containsEntry("member", "pg-3")
        .containsEntry("reason", "lagging")
        .containsEntry("lag_bytes", "100")
        .containsEntry("max_lag_bytes", "50");
    events.clear();
    cluster.replica("pg-3", 1_000);
    observe();
    assertThat(told()).containsExactly("replica_returned pg-3");
  }

  @Test
  void aPrimaryWithoutThePoolerThatWritesGoToIsTold() throws IOException {
    log = new ReadEventLog(listener(RouteKind.PRIMARY, DialTarget.PROXY_URL), events::add);
    observe();
    assertThat(events).hasSize(1);
    assertThat(events.getFirst().fields())
        .containsEntry("member", "pg-1")
        .containsEntry("reason", "no_proxy_url");
    events.clear();
    observe();
    assertThat(events).isEmpty();
    cluster.pooler("pg-1", new HostPort("10.0.0.1", 6432));
    observe();
    assertThat(told()).containsExactly("replica_returned pg-1");
    cluster.leaderless();
    observe();
    assertThat(events).as("the write route tells that").isEmpty();
  }

  @Test
  void thePromotedOneIsNotCalledExcluded() {
    cluster.leads("pg-2").primary("pg-2", 8).dies("pg-1");
    observe();
    assertThat(told()).containsExactly("replica_excluded pg-1");
  }

  @Test
  void aPrimaryThatStepsDownIsNotCalledExcluded() {
    observe();
    cluster.leaderless();
    observe();
    assertThat(told()).isEmpty();
    cluster.leads("pg-2").primary("pg-2", 8).replica("pg-1", 1_000);
    observe();
    assertThat(told()).containsExactly("replica_returned pg-1");
  }

  @Test
  void noReplicaLeft() {
    cluster.dies("pg-2").dies("pg-3");
    observe();
    assertThat(events.getLast().severity()).isEqualTo(Severity.WARN);
    assertThat(told())
        .containsExactly(
            "replica_excluded pg-2",
            "replica_excluded pg-3",
            "read_route_changed fallback(primary)");
    cluster.replica("pg-2", 1_000);
    observe();
    assertThat(told()).containsExactly("replica_returned pg-2", "read_route_changed replica");
  }

  @Test
  void aMemberThatLeaves() {
    cluster.leaves("pg-3");
    observe();
    assertThat(events.getFirst().fields()).containsEntry("reason", "left");
    assertThat(told()).containsExactly("replica_excluded pg-3");
  }
}
