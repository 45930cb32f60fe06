package io.trunkline.daemon.app;

import io.trunkline.config.TrunklineConfig;
import io.trunkline.daemon.SampleVips;
import io.trunkline.vip.VipHandover;
import io.trunkline.vip.VipListener;
import io.trunkline.vip.VipReason;
import io.trunkline.vip.VipService;
import io.trunkline.vip.VipStatus;
import io.trunkline.vip.claim.LeaderClaimant;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** VIPs that only exist on paper. */
final class ScriptedVips implements VipService {
  /** {@code open}, {@code start}, {@code main true: this node serves}, {@code release DRAINED}. */
  final List<String> calls = new CopyOnWriteArrayList<>();

  final AtomicInteger heartbeats = new AtomicInteger();
  final CompletableFuture<Void> released = new CompletableFuture<>();
  volatile String missing = "";
  volatile String missingOnce = "";
  volatile VipStatus status = SampleVips.master();

  /** For the VIPs of any configuration. */
  VipService open(TrunklineConfig config, VipListener listener) {
    calls.add("open");
    return this;
  }

  @Override
  public void start() throws IOException {
    String once = missingOnce;
    missingOnce = "";
    if (!once.isEmpty()) {
      throw new IOException(once);
    }
    if (!missing.isEmpty()) {
      throw new IOException(missing);
    }
    calls.add("start");
  }

  @Override
  public void standBy() {
    calls.add("stand by");
  }

  @Override
  public CompletableFuture<Map<String, VipHandover>> passOn() {
    calls.add("pass on");
    return CompletableFuture.completedFuture(Map.of("main", new VipHandover(true, 7)));
  }

  @Override
  public void inherit(Map<String, VipHandover> left) {
    calls.add("inherit " + left);
  }

  @Override
  public void serving(String vip, boolean serving, String why) {
    calls.add(vip + " " + serving + ": " + why);
  }

  @Override
  public void priority(String vip, int priority) {
    calls.add(vip + " has priority " + priority);
  }

  @Override
  public void leader(String vip, LeaderClaimant.Sight sight) {
    calls.add(vip + " follows " + sight);
  }

  @Override
  public void heartbeat() {
    heartbeats.incrementAndGet();
  }

  @Override
  public CompletableFuture<Void> turn() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public List<VipStatus> status() {
    return List.of(status);
  }

  @Override
  public CompletableFuture<Void> release(VipReason reason) {
    calls.add("release " + reason);
    return released;
  }

  @Override
  public CompletableFuture<Void> release(String vip, VipReason reason) {
    calls.add("release " + vip + " " + reason);
    return released;
  }

  @Override
  public void resume(String vip) {
    calls.add("resume " + vip);
  }

  @Override
  public void close() {
    calls.add("close");
  }
}
