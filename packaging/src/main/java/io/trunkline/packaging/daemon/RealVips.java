package io.trunkline.packaging.daemon;

import io.trunkline.config.ClusterConfig;
import io.trunkline.config.TrunklineConfig;
import io.trunkline.config.VipConfig;
import io.trunkline.vip.Bequest;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipService;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.claim.LeaderSight;
import io.trunkline.vip.lease.LeaseStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** VIPs as they really are, on this machine's network. */
record RealVips(InstantSource clock) implements VipProtocols {

  @Override
  public VipProtocol open(TrunklineConfig config, VipListener listener) {
    return new Real(
        new VipService(
            config.node(),
            config.vips(),
            config.vrrpRtPriority(),
            listener,
            clock,
            vip -> store(config, vip)));
  }

  private static LeaseStore store(TrunklineConfig config, VipConfig vip) {
    ClusterConfig cluster =
        config.clusters().stream()
            .filter(each -> each.name().equals(vip.cluster()))
            .findFirst()
            .orElseThrow();
    return new EtcdLeaseStore(cluster, vip, config.node());
  }

  private record Real(VipService service) implements VipProtocol {
    @Override
    public void start() throws IOException {
      service.start();
    }

    @Override
    public void standBy() throws IOException {
      service.standBy();
    }

    @Override
    public CompletableFuture<Map<String, Bequest>> passOn() {
      return service.passOn();
    }

    @Override
    public void inherit(Map<String, Bequest> left) {
      service.inherit(left);
    }

    @Override
    public void serving(String vip, boolean serving, String why) {
      service.serving(vip, serving, why);
    }

    @Override
    public void priority(String vip, int priority) {
      service.priority(vip, priority);
    }

    @Override
    public void leader(String vip, LeaderSight sight) {
      service.leader(vip, sight);
    }

    @Override
    public void heartbeat() {
      service.heartbeat();
    }

    @Override
    public CompletableFuture<Void> turn() {
      return service.turn();
    }

    @Override
    public List<VipStatus> status() {
      return service.status();
    }

    @Override
    public CompletableFuture<Void> release(VipReason reason) {
      return service.release(reason);
    }

    @Override
    public CompletableFuture<Void> release(String vip, VipReason reason) {
      return service.release(vip, reason);
    }

    @Override
    public void resume(String vip) {
      service.resume(vip);
    }

    @Override
    public void close() {
      service.close();
    }
  }
}
