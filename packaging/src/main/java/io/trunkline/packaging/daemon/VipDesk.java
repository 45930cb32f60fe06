package io.trunkline.packaging.daemon;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.routing.Member;
import io.trunkline.routing.RoutingCell;
import io.trunkline.routing.RoutingTable;
import io.trunkline.vip.Bequest;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipState;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.claim.Claim;
import io.trunkline.vip.claim.LeaderSight;
import java.io.IOException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The VIPs of this node: has its bids follow what it serves, and gives its signs of life. */
final class VipDesk implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 3;

  private final Map<String, VipConfig> vips = new HashMap<>();
  private final VipProtocol protocol;
  private final VipStory story;
  private final Map<String, RoutingCell> cells;
  private final Node node;
  private final Beats beats;
  private final Map<String, Consumer<RoutingTable>> readers = new LinkedHashMap<>();
  private final Map<String, BidReason> told = new HashMap<>();
  private final Map<String, PrimaryAnswer> answers = new HashMap<>();
  private final Map<String, LeaderSight> seen = new HashMap<>();
  private boolean closed;

  /**
   * What the bids and the signs of life depend on.
   *
   * @param bound whether every listener is bound
   * @param draining whether new sessions are refused
   * @param round completes when every session loop has come to it
   * @param probe finds out whether a primary of that cluster can be reached
   */
  record Node(
      BooleanSupplier bound,
      BooleanSupplier draining,
      Supplier<CompletableFuture<Void>> round,
      BiConsumer<String, Member> probe) {}

  private VipDesk(
      TrunklineConfig config,
      VipProtocols protocols,
      VipStory story,
      Map<String, RoutingCell> cells,
      Node node) {
    this.protocol = protocols.open(config, story);
    this.story = story;
    this.cells = Map.copyOf(cells);
    this.node = node;
    config.vips().forEach(vip -> vips.put(vip.name(), vip));
    Set<String> clusters = new HashSet<>();
    vips.values().forEach(vip -> clusters.add(vip.cluster()));
    this.beats = new Beats(clusters, node.round(), protocol::heartbeat);
    clusters.forEach(cluster -> readers.put(cluster, table -> onTable(cluster, table)));
  }

  /** Empty where no VIP is configured: then nothing of this is even opened. */
  static Optional<VipDesk> of(
      TrunklineConfig config,
      VipProtocols protocols,
      VipStory story,
      Map<String, RoutingCell> cells,
      Node node) {
    return config.vips().isEmpty()
        ? Optional.empty()
        : Optional.of(new VipDesk(config, protocols, story, cells, node));
  }

  /**
   * Begins to take part.
   *
   * @throws IOException saying in one sentence what is missing
   */
  void start() throws IOException {
    begin(protocol::start);
  }

  /**
   * As {@link #start}, but changes nothing: another process of this node has the VIPs until {@link
   * #inherit}.
   *
   * @throws IOException as there
   */
  void standBy() throws IOException {
    begin(protocol::standBy);
  }

  private interface Beginning {
    void run() throws IOException;
  }

  private void begin(Beginning beginning) throws IOException {
    try {
      beginning.run();
    } catch (IOException e) {
      throw new IOException("VIPs: " + e.getMessage(), e);
    }
    readers.forEach((cluster, reader) -> cells.get(cluster).subscribe(reader));
  }

  /** Completes when the thread that holds the addresses has come to it. */
  CompletableFuture<Void> turn() {
    return protocol.turn();
  }

  /** Stops, and leaves everything as it is to another process of this node. */
  CompletableFuture<Map<String, Bequest>> passOn() {
    return protocol.passOn();
  }

  /** Takes part, with what another process of this node has left. */
  void inherit(Map<String, Bequest> left) {
    // A node that serves goes on serving: its bid is to be there before the addresses are.
    synchronized (this) {
      left.forEach(
          (vip, bequest) -> {
            if (bequest.held()) {
              answers.put(vip, PrimaryAnswer.INHERITED);
            }
          });
    }
    readers
        .keySet()
        .forEach(cluster -> cells.get(cluster).current().ifPresent(table -> look(cluster, table)));
    protocol.inherit(left);
  }

  /** Every VIP as this node sees it. */
  List<VipStatus> status() {
    return protocol.status();
  }

  /** Another priority is configured for that VIP. */
  void priority(String vip, int priority) {
    protocol.priority(vip, priority);
  }

  /** Hands everything over; completes when it is gone, or after a while. */
  CompletableFuture<Void> release(VipReason reason) {
    return patiently(protocol.release(reason));
  }

  /** As {@link #release(VipReason)}, for one that this node has. */
  CompletableFuture<Void> release(String vip, VipReason reason) {
    return patiently(protocol.release(vip, reason));
  }

  /** Takes part with that VIP again. */
  void resume(String vip) {
    protocol.resume(vip);
  }

  private static CompletableFuture<Void> patiently(CompletableFuture<Void> released) {
    return released
        .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
        .exceptionally(_ -> null);
  }

  /** Runs on the thread that brings the views of that cluster, each time one has come. */
  private void onTable(String cluster, RoutingTable table) {
    beats.lookedAt(cluster);
    look(cluster, table);
  }

  private void look(String cluster, RoutingTable table) {
    Optional<Member> doubtful = PrimaryReach.doubtful(table.view());
    for (VipStatus vip : protocol.status()) {
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
            sees && !answer.suffices(table, state) ? BidReason.PRIMARY_UNKNOWN : sight);
    // Before the first word the node does not count as serving anyway, and the first word counts
    // at once: it is kept for when there is something to say.
    boolean early =
        reason == BidReason.NOT_SEEN || (reason == BidReason.PRIMARY_UNKNOWN && !answer.late(now));
    boolean nothingToSay = early && !told.containsKey(vip);
    if (!closed && !nothingToSay && told.put(vip, reason) != reason) {
      protocol.serving(vip, reason.serves(), reason.sentence());
      story.bid(vip, reason);
    }
    return answer;
  }

  private synchronized void follow(String vip, String member, RoutingTable table) {
    LeaderSight before = seen.get(vip);
    boolean hasIt = before != null && before.claim() instanceof Claim.Valid;
    LeaderSight now = LeaderClaims.of(table, member, hasIt);
    if (!closed && !now.equals(before)) {
      seen.put(vip, now);
      protocol.leader(vip, now);
    }
  }

  /** Lets everything go, if it is not gone yet, and ends. */
  @Override
  public void close() {
    readers.forEach((cluster, reader) -> cells.get(cluster).unsubscribe(reader));
    synchronized (this) {
      closed = true;
    }
    protocol.close();
  }
}
