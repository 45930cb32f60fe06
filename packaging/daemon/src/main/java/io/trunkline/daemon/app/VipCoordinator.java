package io.trunkline.daemon.app;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ConfigChanges;
import io.trunkline.config.ConfigChanges.Change;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.routing.RoutingCell;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipService;
import io.trunkline.vip.VipStatus;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The VIPs of this node, whatever the configuration says of them at the time: where it has none,
 * nothing is even opened.
 */
final class VipCoordinator implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 3;

  private final BiFunction<TrunklineConfig, VipListener, VipService> opener;
  private final VipEventLog eventLog;
  private final Supplier<Map<String, RoutingCell>> cells;
  private final VipTracker.Node node;
  private volatile Optional<Open> open;
  private TrunklineConfig config;
  private boolean started;

  /** The VIPs of one configuration. */
  private record Open(VipService service, VipTracker tracker) {
    void close() {
      tracker.close();
      service.close();
    }
  }

  private interface Beginning {
    void of(VipService service) throws IOException;
  }

  /**
   * @param opener makes the VIPs of a configuration, which tell the listener what happens to them;
   *     not started yet
   * @param cells where the routing tables are, by cluster
   */
  VipCoordinator(
      TrunklineConfig config,
      BiFunction<TrunklineConfig, VipListener, VipService> opener,
      VipEventLog eventLog,
      Supplier<Map<String, RoutingCell>> cells,
      VipTracker.Node node) {
    this.opener = opener;
    this.eventLog = eventLog;
    this.cells = cells;
    this.node = node;
    this.config = config;
    this.open = open(config);
  }

  private Optional<Open> open(TrunklineConfig wanted) {
    if (wanted.vips().isEmpty()) {
      return Optional.empty();
    }
    VipService service = opener.apply(wanted, eventLog);
    return Optional.of(
        new Open(service, new VipTracker(wanted, service, eventLog, cells.get(), node)));
  }

  /**
   * Begins to take part.
   *
   * @throws IOException saying in one sentence what is missing
   */
  synchronized void start() throws IOException {
    begin(VipService::start);
  }

  /** As {@link #start}, but another process of this node has the VIPs until {@link #inherit}. */
  synchronized void standBy() throws IOException {
    begin(VipService::standBy);
  }

  private void begin(Beginning beginning) throws IOException {
    started = true;
    if (open.isPresent()) {
      try {
        beginning.of(open.get().service());
      } catch (IOException e) {
        throw new IOException("VIPs: " + e.getMessage(), e);
      }
      open.get().tracker().start();
    }
  }

  /** This node bids as what holds now wants it, before the next view. */
  synchronized void lookAgain() {
    open.ifPresent(it -> it.tracker().lookAgain());
  }

  /** Stops, and leaves everything as it is to another process of this node. */
  synchronized CompletableFuture<Map<String, VipHandover>> passOn() {
    return open.map(it -> it.service().passOn())
        .orElseGet(() -> CompletableFuture.completedFuture(Map.of()));
  }

  /** Takes part, with what another process of this node has left. */
  synchronized void inherit(Map<String, VipHandover> left) {
    open.ifPresent(
        it -> {
          // A node that serves goes on serving: its bid is to be there before the addresses are.
          it.tracker().inherit(left);
          it.service().inherit(left);
        });
  }

  /**
   * Goes over to the VIPs of that configuration. Another priority is bid at once; for anything else
   * they are handed over and begin again.
   *
   * @throws IOException saying what is missing; then those of before take part again
   */
  synchronized void apply(TrunklineConfig next) throws IOException {
    TrunklineConfig before = config;
    if (next.vips().equals(before.vips()) && leases(next).equals(leases(before))) {
      config = next;
      return;
    }
    if (prioritiesOnly(before, next)) {
      config = next;
      open.ifPresent(
          it ->
              next.vips().forEach(vip -> it.service().priority(vip.name(), vip.vrrp().priority())));
      return;
    }
    try {
      goOver(next);
      config = next;
    } catch (IOException e) {
      goOver(before);
      throw e;
    }
  }

  private void goOver(TrunklineConfig wanted) throws IOException {
    open.ifPresent(Open::close);
    open = open(wanted);
    if (started) {
      start();
    }
  }

  /** The etcd clusters that hold leases: a VIP depends on them, too. */
  private static Map<String, ClusterConfig> leases(TrunklineConfig config) {
    Map<String, ClusterConfig> used = new HashMap<>();
    for (VipConfig vip : config.vips()) {
      if (vip.mode() == VipConfig.Mode.ETCD) {
        used.put(vip.name(), config.cluster(vip.cluster()));
      }
    }
    return used;
  }

  private static boolean prioritiesOnly(TrunklineConfig before, TrunklineConfig next) {
    return leases(next).equals(leases(before))
        && ConfigChanges.between(before, next).stream()
            .map(Change::field)
            .filter(field -> field.startsWith("vips["))
            .allMatch(field -> field.endsWith(".vrrp.priority"));
  }

  /** As they are now; none where there are none. */
  List<VipStatus> status() {
    return open.map(it -> it.service().status()).orElse(List.of());
  }

  /** Completes when the loop of the VIPs has come to it. */
  CompletableFuture<Void> turn() {
    return open.map(it -> it.service().turn())
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Hands everything over; completes when it is gone, or after a while. */
  CompletableFuture<Void> release(VipReason reason) {
    return patiently(service -> service.release(reason));
  }

  /** As {@link #release(VipReason)}, for one. */
  CompletableFuture<Void> release(String vip, VipReason reason) {
    return patiently(service -> service.release(vip, reason));
  }

  private CompletableFuture<Void> patiently(Function<VipService, CompletableFuture<Void>> release) {
    return open.map(
            it ->
                release
                    .apply(it.service())
                    .completeOnTimeout(null, PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(_ -> null))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  void resume(String vip) {
    open.ifPresent(it -> it.service().resume(vip));
  }

  @Override
  public synchronized void close() {
    open.ifPresent(Open::close);
    open = Optional.empty();
  }
}
