package io.trunkline.daemon.app;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.routing.Member;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipService;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.LeaderClaimant;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tracks the clusters of the VIPs of one configuration, as track_script does for keepalived: has
 * the bids of this node follow what it serves, and gives its signs of life.
 */
final class VipTracker {
  private final Map<String, VipConfig> vips = new HashMap<>();
  private final VipService service;
  private final VipEventLog eventLog;
  private final Map<String, RoutingCell> cells;
  private final Node node;
  private final VipWatchdog watchdog;
  private final Map<String, Consumer<RoutingTable>> readers = new LinkedHashMap<>();
  private final Map<String, BidReason> told = new HashMap<>();
  private final Map<String, PrimaryAnswer> answers = new HashMap<>();
  private final Map<String, LeaderClaimant.Sight> seen = new HashMap<>();
  private boolean closed;

  /**
   * What the bids and the signs of life depend on.
   *
   * @param bound whether every listener is bound
   * @param draining whether new sessions are refused
   * @param cold whether the warm-up is under way
   * @param round completes when every session loop has come to it
   * @param probe finds out whether a primary of that cluster can be reached
   */
  record Node(
      BooleanSupplier bound,
      BooleanSupplier draining,
      BooleanSupplier cold,
      Supplier<CompletableFuture<Void>> round,
      BiConsumer<String, Member> probe) {}

  VipTracker(
      TrunklineConfig config,
      VipService service,
      VipEventLog eventLog,
      Map<String, RoutingCell> cells,
      Node node) {
    this.service = service;
    this.eventLog = eventLog;
    this.cells = Map.copyOf(cells);
    this.node = node;
    config.vips().forEach(vip -> vips.put(vip.name(), vip));
    Set<String> clusters = new HashSet<>();
    vips.values().forEach(vip -> clusters.add(vip.cluster()));
    this.watchdog = new VipWatchdog(clusters, node.round(), service::heartbeat);
    clusters.forEach(cluster -> readers.put(cluster, table -> onTable(cluster, table)));
  }

  void start() {
    readers.forEach((cluster, reader) -> cells.get(cluster).subscribe(reader));
  }

  /** Another process of this node has left that: bids for it as that one did. */
  void inherit(Map<String, VipHandover> left) {
    synchronized (this) {
      left.forEach(
          (vip, handover) -> {
            if (handover.held()) {
              answers.put(vip, PrimaryAnswer.INHERITED);
            }
          });
    }
    lookAgain();
  }

  /** Something other than the view of a cluster has changed. */
  void lookAgain() {
    readers
        .keySet()
        .forEach(cluster -> cells.get(cluster).current().ifPresent(table -> look(cluster, table)));
  }

  /** Runs on the thread that brings the views of that cluster, each time one has come. */
  private void onTable(String cluster, RoutingTable table) {
    watchdog.lookedAt(cluster);
    look(cluster, table);
  }

  private void look(String cluster, RoutingTable table) {
    Optional<Member> doubtful = PrimaryReach.doubtful(table.view());
    for (VipStatus vip : service.status()) {
      VipConfig config = vips.get(vip.name());
      if (config != null && cluster.equals(config.cluster())) {
        switch (config.mode()) {
          case VRRP, ETCD -> {
            PrimaryAnswer answer = bid(vip.name(), vip.state(), table);
            doubtful = doubtful.or(() -> answer.toDial(table));
          }
          case LEADER -> follow(vip.name(), config.memberName().orElseThrow(), table);
        }
      }
    }
    doubtful.ifPresent(primary -> node.probe().accept(cluster, primary));
  }

  private synchronized PrimaryAnswer bid(String vip, VipState state, RoutingTable table) {
    Instant now = table.view().at();
    BidReason sight = BidReason.ofSight(PrimaryReach.lost(table.view(), state), table.write());
    boolean sees = sight == BidReason.SERVES;
    PrimaryAnswer answer =
        answers
            .getOrDefault(vip, PrimaryAnswer.awaited(table.view().startedAt()))
            .next(table, !sees);
    answers.put(vip, answer);
    BidReason reason =
        BidReason.of(
            node.bound().getAsBoolean(),
            node.draining().getAsBoolean(),
            node.cold().getAsBoolean(),
            sees && !answer.suffices(table, state) ? BidReason.PRIMARY_UNKNOWN : sight);
    // Before the first word the node does not count as serving anyway, and the first word counts
    // at once: it is kept for when there is something to say.
    boolean early =
        reason == BidReason.NOT_SEEN
            || reason == BidReason.COLD
            || (reason == BidReason.PRIMARY_UNKNOWN && !answer.late(now));
    boolean nothingToSay = early && !told.containsKey(vip);
    if (!closed && !nothingToSay && told.put(vip, reason) != reason) {
      service.serving(vip, reason.serves(), reason.sentence());
      eventLog.bid(vip, reason);
    }
    return answer;
  }

  private synchronized void follow(String vip, String member, RoutingTable table) {
    LeaderClaimant.Sight before = seen.get(vip);
    boolean hasIt = before != null && before.claim() instanceof Claim.Valid;
    LeaderClaimant.Sight now = LeaderClaims.of(table, member, hasIt);
    if (!closed && !now.equals(before)) {
      seen.put(vip, now);
      service.leader(vip, now);
    }
  }

  /** Looks no more: what is under way says nothing any more. */
  void close() {
    readers.forEach((cluster, reader) -> cells.get(cluster).unsubscribe(reader));
    synchronized (this) {
      closed = true;
    }
  }
}
