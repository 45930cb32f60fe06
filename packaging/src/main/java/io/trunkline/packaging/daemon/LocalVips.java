package io.trunkline.packaging.daemon;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.ConfigChanges;
import io.trunkline.config.ConfigChanges.Change;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.routing.RoutingCell;
import io.trunkline.vip.Bequest;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipStatus;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The VIPs of this node, whatever the configuration says of them at the time. */
final class LocalVips implements AutoCloseable {
  private final Opener opener;
  private volatile Optional<VipDesk> desk = Optional.empty();
  private TrunklineConfig config;
  private boolean started;

  /** Opens the VIPs of a configuration, if it has any; not started yet. */
  @FunctionalInterface
  interface Opener {
    Optional<VipDesk> open(TrunklineConfig config, Map<String, RoutingCell> cells);
  }

  LocalVips(TrunklineConfig config, Supplier<Map<String, RoutingCell>> cells, Opener opener) {
    this.config = config;
    this.opener = opener;
    this.desk = opener.open(config, cells.get());
  }

  synchronized void start() throws IOException {
    started = true;
    if (desk.isPresent()) {
      desk.get().start();
    }
  }

  /** As {@link #start}, but another process of this node has the VIPs until {@link #inherit}. */
  synchronized void standBy() throws IOException {
    started = true;
    if (desk.isPresent()) {
      desk.get().standBy();
    }
  }

  /** Stops, and leaves everything as it is to another process of this node. */
  synchronized CompletableFuture<Map<String, Bequest>> passOn() {
    return desk.map(VipDesk::passOn).orElseGet(() -> CompletableFuture.completedFuture(Map.of()));
  }

  /** Takes part, with what another process of this node has left. */
  synchronized void inherit(Map<String, Bequest> left) {
    desk.ifPresent(it -> it.inherit(left));
  }

  /**
   * Goes over to the VIPs of that configuration. Another priority is bid at once; for anything else
   * they are handed over and begin again.
   *
   * @throws IOException saying what is missing; then those of before take part again
   */
  synchronized void apply(TrunklineConfig next, Map<String, RoutingCell> cells) throws IOException {
    TrunklineConfig before = config;
    if (next.vips().equals(before.vips()) && leases(next).equals(leases(before))) {
      config = next;
      return;
    }
    if (prioritiesOnly(before, next)) {
      config = next;
      desk.ifPresent(
          it -> next.vips().forEach(vip -> it.priority(vip.name(), vip.vrrp().priority())));
      return;
    }
    desk.ifPresent(VipDesk::close);
    desk = opener.open(next, cells);
    try {
      if (started && desk.isPresent()) {
        desk.get().start();
      }
      config = next;
    } catch (IOException e) {
      desk.ifPresent(VipDesk::close);
      desk = opener.open(before, cells);
      if (desk.isPresent()) {
        desk.get().start();
      }
      throw e;
    }
  }

  /** The etcd clusters that hold leases: a VIP depends on them, too. */
  private static Map<String, ClusterConfig> leases(TrunklineConfig config) {
    Map<String, ClusterConfig> used = new HashMap<>();
    for (VipConfig vip : config.vips()) {
      if (vip.mode() == VipConfig.Mode.ETCD) {
        config.clusters().stream()
            .filter(cluster -> cluster.name().equals(vip.cluster()))
            .forEach(cluster -> used.put(vip.name(), cluster));
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
    return desk.map(VipDesk::status).orElse(List.of());
  }

  /** Completes when the loop of the VIPs has come to it. */
  CompletableFuture<Void> turn() {
    return desk.map(VipDesk::turn).orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Hands everything over; completes when it is gone, or after a while. */
  CompletableFuture<Void> release(VipReason reason) {
    return desk.map(it -> it.release(reason))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** As {@link #release(VipReason)}, for one. */
  CompletableFuture<Void> release(String vip, VipReason reason) {
    return desk.map(it -> it.release(vip, reason))
        .orElseGet(() -> CompletableFuture.completedFuture(null));
  }

  /** Takes part with that VIP again. */
  void resume(String vip) {
    desk.ifPresent(it -> it.resume(vip));
  }

  @Override
  public synchronized void close() {
    desk.ifPresent(VipDesk::close);
    desk = Optional.empty();
  }
}
