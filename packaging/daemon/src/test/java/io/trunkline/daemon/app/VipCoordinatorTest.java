package io.trunkline.daemon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.daemon.SampleCluster;
import io.trunkline.daemon.SampleConfig;
import io.trunkline.daemon.SampleVips;
import io.trunkline.routing.Event;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.WriteReason;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipReason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VipCoordinatorTest {
  private static final String OUT_OF_REACH = BidReason.PRIMARY_OUT_OF_REACH.sentence();
  private static final String SERVES = "main true: this node serves";

  @TempDir Path directory;
  private final SampleCluster cluster = SampleCluster.healthy().accepts("pg-1");
  private final RoutingCell cell = new RoutingCell();
  private final ScriptedVips vips = new ScriptedVips();
  private final List<Event> log = new ArrayList<>();
  private final List<String> probed = new ArrayList<>();
  private boolean bound = true;
  private boolean draining;
  private boolean cold;
  private VipCoordinator coordinator;

  @BeforeEach
  void open() throws IOException {
    coordinator = coordinator(SampleConfig.withVipIn(directory));
  }

  private VipCoordinator coordinator(TrunklineConfig config) {
    return new VipCoordinator(
        config,
        vips::open,
        new VipEventLog(log::add, cluster::now, new ScriptedSessionsThrough()),
        () -> Map.of("main", cell),
        new VipTracker.Node(
            () -> bound,
            () -> draining,
            () -> cold,
            () -> CompletableFuture.completedFuture(null),
            (name, primary) -> probed.add(name + " " + primary.name())));
  }

  private void look() {
    look(cluster);
  }

  private void look(SampleCluster at) {
    at.after(Duration.ofMillis(100));
    cell.publish(at.table(cell.current()));
  }

  private List<String> bids() {
    return vips.calls.stream().filter(call -> call.startsWith("main ")).toList();
  }

  @Test
  void nothingIsOpenedWithoutVips() throws IOException {
    vips.calls.clear();
    try (VipCoordinator none = coordinator(SampleConfig.in(directory))) {
      none.start();
      assertThat(none.status()).isEmpty();
      assertThat(none.release(VipReason.SHUTDOWN)).isDone();
    }
    assertThat(vips.calls).isEmpty();
  }

  @Test
  void saysOnceWhatHoldsAndEachTimeItChanges() throws IOException {
    coordinator.start();
    look();
    look();
    assertThat(bids()).containsExactly(SERVES);
    bound = false;
    look();
    look();
    bound = true;
    look();
    draining = true;
    look();
    assertThat(bids())
        .containsExactly(
            SERVES,
            "main false: not every listener is bound",
            SERVES,
            "main false: this node is drained or draining and takes no new sessions");
    assertThat(log)
        .extracting(Event::label, event -> event.fields().get("reason"))
        .contains(tuple("vip_bid_changed", "not_bound"));
  }

  @Test
  void aFailoverChangesNothing() throws IOException {
    coordinator.start();
    look();
    cluster.leaderless().dies("pg-1");
    look();
    cluster.leads("pg-2");
    look();
    cluster.primary("pg-2", 8);
    look();
    assertThat(bids()).containsExactly(SERVES);
  }

  @Test
  void theHolderKeepsItsBidWhileThePrimaryMayOnlyBeDead() throws IOException {
    coordinator.start();
    cluster.after(Duration.ofSeconds(60));
    Instant since = cluster.now();
    for (int i = 0; i < 99; i++) {
      cluster.refuses("pg-1", since);
      look();
    }
    assertThat(bids()).containsExactly(SERVES);
    cluster.after(Duration.ofMillis(100)).refuses("pg-1", since);
    look();
    assertThat(bids()).containsExactly(SERVES, "main false: " + OUT_OF_REACH);
    assertThat(probed).hasSize(100);

    // Its leader key has run out: now that is everybody's trouble.
    cluster.leaderless();
    look();
    assertThat(bids()).containsExactly(SERVES, "main false: " + OUT_OF_REACH, SERVES);
  }

  @Test
  void aBackupLowersItsBidSoonAndRaisesItWhenThePrimaryAnswers() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.start();
    cluster.after(Duration.ofSeconds(60));
    look();
    Instant since = cluster.now();
    cluster.after(Duration.ofSeconds(2)).refuses("pg-1", since);
    look();
    cluster.accepts("pg-1");
    look();
    assertThat(bids()).containsExactly(SERVES, "main false: " + OUT_OF_REACH, SERVES);
  }

  /**
   * What a node sees when it has just been started: etcd's word first, the answers of the members
   * after it. The address does not come to it before it knows where to send whom.
   */
  @Test
  void aNodeThatHasJustStartedWaitsForThePrimaryToAnswer() throws IOException {
    vips.status = SampleVips.aside();
    SampleCluster fresh = SampleCluster.unasked();
    coordinator.start();
    look(fresh);
    look(fresh);
    assertThat(bids()).isEmpty();
    assertThat(probed).containsExactly("main pg-1", "main pg-1");

    fresh.primary("pg-1", 7);
    look(fresh);
    assertThat(bids()).as("Patroni has answered, PostgreSQL has not been dialled").isEmpty();

    fresh.accepts("pg-1");
    probed.clear();
    look(fresh);
    look(fresh);
    assertThat(bids()).containsExactly(SERVES);
    assertThat(probed).isEmpty();
  }

  @Test
  void aLeaderThatWasAskedAndIsNotWritableYetIsKnown() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.start();
    SampleCluster fresh = SampleCluster.unasked();
    fresh.after(Duration.ofMillis(100)).accepts("pg-1");
    look(fresh);
    assertThat(bids()).isEmpty();
    fresh.replica("pg-1", 900).accepts("pg-1");
    look(fresh);
    assertThat(cell.current().orElseThrow().write().reason())
        .isEqualTo(WriteReason.LEADER_NOT_WRITABLE);
    assertThat(bids()).containsExactly(SERVES);
  }

  @Test
  void aNodeThatWarmsUpBidsOnlyWhenItIsWarm() throws IOException {
    cold = true;
    coordinator.start();
    look();
    assertThat(bids()).isEmpty();
    cold = false;
    coordinator.lookAgain();
    assertThat(bids()).as("before the next view").containsExactly(SERVES);
  }

  @Test
  void aBackupWithoutAnAnswerLeavesTheAddressWhereItIsAndSaysSo() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.start();
    SampleCluster fresh = SampleCluster.unasked().leaderless();
    look(fresh);
    assertThat(bids()).isEmpty();
    fresh.after(PrimaryAnswer.LIMIT);
    look(fresh);
    look(fresh);
    assertThat(bids()).containsExactly("main false: " + BidReason.PRIMARY_UNKNOWN.sentence());
    fresh.leads("pg-2").primary("pg-2", 8).accepts("pg-2");
    look(fresh);
    assertThat(bids()).endsWith(SERVES);
  }

  @Test
  void theHolderOfTheAddressIsNotKeptWaitingForLong() throws IOException {
    coordinator.start();
    SampleCluster fresh = SampleCluster.unasked();
    look(fresh);
    assertThat(bids()).isEmpty();
    fresh.after(PrimaryAnswer.LIMIT);
    look(fresh);
    assertThat(bids()).as("nobody else serves").containsExactly(SERVES);
  }

  @Test
  void theHolderOfTheAddressWaitsForNobodyWhereThereIsNoLeader() throws IOException {
    coordinator.start();
    look(SampleCluster.unasked().leaderless());
    assertThat(bids()).containsExactly(SERVES);
  }

  /** It cannot know where a next primary can be reached from, and others may. */
  @Test
  void aBackupThatDidNotReachThePrimaryDoesNotComeBackWhenTheLeaderKeyRunsOut() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.start();
    look();
    cluster.after(Duration.ofSeconds(60));
    Instant since = cluster.now();
    cluster.after(Duration.ofSeconds(2)).refuses("pg-1", since);
    look();
    cluster.leaderless();
    look();
    assertThat(bids())
        .containsExactly(
            SERVES,
            "main false: " + OUT_OF_REACH,
            "main false: " + BidReason.PRIMARY_UNKNOWN.sentence());
    cluster.leads("pg-2").primary("pg-2", 8);
    look();
    assertThat(bids()).hasSize(3);
    cluster.accepts("pg-2");
    look();
    assertThat(bids()).hasSize(4).endsWith(SERVES);
  }

  /** What was answered before it was isolated was another time's truth. */
  @Test
  void aNodeThatWasIsolatedWaitsForAnAnswerAgain() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.start();
    look();
    cluster.dcsLost("no quorum").dies("pg-1").dies("pg-2").dies("pg-3");
    cluster.after(Duration.ofSeconds(4));
    look();
    cluster.dcsBack();
    look();
    assertThat(bids()).endsWith("main false: " + BidReason.PRIMARY_UNKNOWN.sentence());
    cluster.primary("pg-1", 7).accepts("pg-1");
    look();
    assertThat(bids()).endsWith(SERVES);
  }

  @Test
  void whatTheProcessBeforeKnewIsInherited() throws IOException {
    vips.status = SampleVips.aside();
    coordinator.standBy();
    look(SampleCluster.unasked());
    assertThat(bids()).isEmpty();
    coordinator.inherit(Map.of("main", new VipHandover(true, 0)));
    assertThat(vips.calls.subList(vips.calls.size() - 2, vips.calls.size()))
        .containsExactly(SERVES, "inherit {main=VipHandover[held=true, lease=0]}");
  }

  @Test
  void anIsolatedNodeLowersItsBid() throws IOException {
    coordinator.start();
    look();
    cluster.dcsLost("no quorum").dies("pg-1").dies("pg-2").dies("pg-3");
    look();
    assertThat(bids()).as("within the grace").containsExactly(SERVES);
    cluster.after(Duration.ofSeconds(4));
    look();
    assertThat(bids())
        .containsExactly(
            SERVES, "main false: this node can reach neither etcd nor most of the members");
  }

  @Test
  void everyLookIsASignOfLife() throws IOException {
    look();
    assertThat(vips.heartbeats).hasValue(0);
    coordinator.start();
    look();
    look();
    assertThat(vips.heartbeats).hasValue(2);
  }

  @Test
  void whatIsMissingIsSaid() {
    vips.missing = "there is no interface eth7";
    assertThatThrownBy(coordinator::start).hasMessage("VIPs: there is no interface eth7");
    look();
    assertThat(bids()).isEmpty();
  }

  @Test
  void afterItsEndItIsSilent() throws IOException {
    coordinator.start();
    coordinator.close();
    look();
    assertThat(vips.calls).containsExactly("open", "start", "close");
  }
}
